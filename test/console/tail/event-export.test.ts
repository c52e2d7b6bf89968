import { eventJson, eventsJson, exported } from '../../../src/console/tail/event-export';
import { shown } from './made-events';

const exact = shown(1, {
  offset: '9007199254740993',
  timestamp: 1_618_133_869_123_456_789n,
  id: 'a "b"',
  value: '=1+1',
  tags: { big: '9007199254740993' },
});

describe('eventJson', () => {
  it('writes timestamps as integers with all digits', () => {
    expect(eventJson(exact)).toBe(
      '{"offset":"9007199254740993","streamId":"car-1","timestamp":1618133869123456789,"id":"a \\"b\\"","value":"=1+1","tags":{"big":"9007199254740993"}}',
    );
  });

  it('makes an array of several', () => {
    expect(JSON.parse(eventsJson([exact, shown(2)]))).toHaveLength(2);
    expect(eventsJson([])).toBe('[]');
  });
});

describe('exported', () => {
  it('writes a line of NDJSON for each', () => {
    const lines = [...exported([exact, shown(2, { value: null })], 'ndjson')].join('').split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1]!)).toMatchObject({ offset: '2', value: null });
  });

  it('writes CSV with a header, times of nine digits, and formulas as text', () => {
    expect([...exported([exact, shown(2, { value: '-5' })], 'csv')]).toEqual([
      'offset,time,timestamp,streamId,id,value,tags\r\n',
      '9007199254740993,2021-04-11T09:37:49.123456789Z,1618133869123456789,car-1,"a ""b""",\'=1+1,"{""big"":""9007199254740993""}"\r\n',
      '2,1970-01-01T00:00:00.002000000Z,2000000,car-1,speed,-5,\r\n',
    ]);
  });
});
