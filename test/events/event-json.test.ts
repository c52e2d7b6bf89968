import { renderEvent } from '../../src/events/event-json';
import type { StoredEvent } from '../../src/store/contract/event-log';

const EVENT: StoredEvent = {
  position: '1',
  streamId: 'car "1"',
  timestamp: 1618133869000000001n,
  id: 'Alert',
  value: 'Help',
  tags: '{"capacity":"over"}',
};

describe('renderEvent', () => {
  it('writes the timestamp with every digit', () => {
    expect(renderEvent(EVENT, false)).toBe(
      '{"offset":"1","timestamp":1618133869000000001,"id":"Alert","value":"Help","tags":{"capacity":"over"}}',
    );
  });

  it('names the stream when asked to', () => {
    expect(renderEvent(EVENT, true)).toMatch(/^\{"offset":"1","streamId":"car \\"1\\"","timestamp":1618/);
  });

  it('writes null for no value and an empty object for no tags', () => {
    expect(renderEvent({ ...EVENT, timestamp: -(2n ** 63n), value: null, tags: null }, false)).toBe(
      '{"offset":"1","timestamp":-9223372036854775808,"id":"Alert","value":null,"tags":{}}',
    );
  });

  it('keeps every character of id and value', () => {
    const text = '"\\\0\u001f\u007f\u2028é😀\n';
    const parsed = JSON.parse(renderEvent({ ...EVENT, id: text, value: text }, false)) as StoredEvent;
    expect([parsed.id, parsed.value]).toEqual([text, text]);
  });

  it('stays on one line when tags were sent on several', () => {
    const line = renderEvent({ ...EVENT, tags: '{\r\n  "a": "b\\n",\n\n\t"c":""\n}' }, false);
    expect(line).not.toMatch(/[\r\n]/);
    expect((JSON.parse(line) as { tags: unknown }).tags).toEqual({ a: 'b\n', c: '' });
  });
});
