import { ApiError } from '../../src/console/api/api-error';
import { errorsByField, type EventInput, suspectedUnit, toEvent } from '../../src/console/pages/send-event/event-form';

const INPUT: EventInput = { id: 'a', timestamp: '', value: '', tags: [] };

describe('toEvent', () => {
  it.each([
    ['now where there is none', '', 1700000000123000000n],
    ['digits with all of them', ' 1700000000123456789 ', 1700000000123456789n],
    ['text as it is', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ])('takes of timestamps %s', (_, timestamp, expected) => {
    const { event } = toEvent('t', 's', { ...INPUT, timestamp }, 1700000000123);
    expect(event).toEqual({ id: 'a', timestamp: expected });
  });

  it('keeps tags of any name, and leaves out rows that are empty', () => {
    const tags = [
      { name: '__proto__', value: '1' },
      { name: '', value: '' },
    ];
    expect(Object.entries(toEvent('t', 's', { ...INPUT, tags }, 0).event?.tags ?? {})).toEqual([['__proto__', '1']]);
  });

  it.each([
    ['topic', '', 's', INPUT],
    ['streamId', 't', '', INPUT],
    ['topic', '..', 's', INPUT],
    ['streamId', 't', '.', INPUT],
    [
      'tags',
      't',
      's',
      {
        ...INPUT,
        tags: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      },
    ],
  ])('says at the field %s why nothing can be sent', (field, topic, streamId, input) => {
    const { event, errors } = toEvent(topic, streamId, input, 0);
    expect(event).toBeUndefined();
    expect(Object.keys(errors)).toEqual([field]);
  });
});

describe('errorsByField', () => {
  it.each([
    ['$.timestamp', 'timestamp'],
    ['$.tags.a', 'tags'],
    ['$.id', 'id'],
    ['$', 'form'],
  ])('puts a complaint about %s at %s', (path, field) => {
    const problems = [{ index: 0, path, message: 'wrong' }];
    const error = new ApiError('all', { status: 400, code: 'invalid_events', problems });
    expect(errorsByField(error)).toEqual({ [field]: 'wrong' });
  });

  it('puts what is about a name at that name, and the rest at the top', () => {
    const refused = (code: string, message: string) => errorsByField(new ApiError(message, { status: 400, code }));
    expect(refused('invalid_name', 'the stream id is too long')).toHaveProperty('streamId');
    expect(refused('invalid_name', 'the topic name holds a slash')).toHaveProperty('topic');
    expect(refused('message_too_large', 'the body is over 10 bytes')).toHaveProperty('value');
    expect(refused('forbidden', 'the token lacks append:t')).toHaveProperty('form');
  });
});

describe('suspectedUnit', () => {
  it('says what was meant, in nanoseconds', () => {
    expect(suspectedUnit('1700000000')).toEqual({ unit: 'seconds', meant: '1700000000000000000' });
    expect(suspectedUnit('1700000000000000000')).toBeUndefined();
    expect(suspectedUnit('soon')).toBeUndefined();
  });
});
