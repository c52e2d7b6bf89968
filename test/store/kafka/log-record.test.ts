import {
  fromRecord,
  numberHeaders,
  toRecord,
  type LogWrite,
  type RawRecord,
} from '../../../src/store/kafka/log-record';

const PLACE = { writer: 'w', number: 7 };
const LIMITS = { maxTopics: 3, maxStreamsPerTopic: 4, maxParametersPerTopic: 5 };

/** A record as it comes from a cluster: all of it bytes. */
function received({ key, value, headers }: RawRecord): RawRecord {
  return {
    key: key === null ? null : Buffer.from(key as string),
    value,
    headers: headers.map((header) =>
      Object.fromEntries(Object.entries(header).map(([name, text]) => [name, Buffer.from(text as string)])),
    ),
  };
}

const recordOf = (write: LogWrite): RawRecord => {
  const record = toRecord({ write, limits: LIMITS });
  return received({ ...record, headers: [...record.headers, ...numberHeaders(PLACE)] });
};

const KEY = { key: 'k', subject: 's', fingerprint: Buffer.alloc(32, 1), answer: '{}', expiresAt: 5 };
const TARGET = { topic: 't', streamId: 'ä', createTopic: true, creator: undefined };
const TEXT = Buffer.from('{"id":"a","timestamp":1}');

const WRITES: LogWrite[] = [
  {
    kind: 'events',
    append: { ...TARGET, batch: { json: TEXT, count: 1, minTimestamp: -1n, maxTimestamp: 2n ** 63n - 1n } },
  },
  {
    kind: 'events',
    append: { ...TARGET, record: KEY, batch: { json: TEXT, count: 1, minTimestamp: 1n, maxTimestamp: 1n } },
  },
  {
    kind: 'package',
    append: {
      ...TARGET,
      batch: { json: TEXT, count: 1, samples: 0, minTimestamp: 1n, maxTimestamp: 1n, shape: 2 ** 53 - 1 },
    },
  },
  {
    kind: 'rows',
    append: {
      topic: 't',
      schemaVersion: 'v',
      rows: { json: Buffer.from('[null,1]'), count: 1 },
      quarantine: { json: Buffer.from('["",[],[],["]}"]]'), count: 1 },
      replaced: ['4'],
    },
  },
  {
    kind: 'change',
    change: {
      ...{ kind: 'change_data_source', name: 't', schemaVersion: 'v', definition: 'SCHEMA >' },
      converted: [
        {
          ...{ index: 0, storage: 'integer', nullable: false, refusal: 'no' },
          form: { kind: 'integer', least: -(2n ** 70n), greatest: 1n },
        },
        { index: 1, storage: 'real', nullable: true, refusal: 'no', form: { kind: 'float', greatest: Infinity } },
      ],
      added: [{ name: 'b', storage: 'integer', fill: 9007199254740993n }],
    },
  },
];

describe('a record of a log', () => {
  it.each(WRITES.map((write) => [write.kind, write] as const))('says what was written: %s', (_, write) => {
    const read = fromRecord(recordOf(write), 't');
    expect(read).toEqual({ ...PLACE, limits: LIMITS, write });
  });

  it('has JSON for a value, and the id of the stream for a key', () => {
    const { key, value } = recordOf(WRITES[0]!);
    expect(String(key)).toBe('ä');
    expect(JSON.parse(String(value))).toEqual([{ id: 'a', timestamp: 1 }]);
    expect(JSON.parse(String(recordOf(WRITES[3]!).value))).toEqual({
      rows: [[null, 1]],
      quarantined: [['', [], [], [']}']]],
    });
  });

  const good = recordOf(WRITES[0]!);
  const without = (name: string): RawRecord => ({
    ...good,
    headers: good.headers.filter((header) => !(`writer-hub-${name}` in header)),
  });
  const replaced = (name: string, text: string): RawRecord => ({
    ...good,
    headers: [...without(name).headers, { [`writer-hub-${name}`]: Buffer.from(text) }],
  });

  it.each<[string, RawRecord, boolean]>([
    ['has no headers', { ...good, headers: [] }, false],
    ['has no value', { ...good, value: null }, false],
    ['has no writer', without('writer'), false],
    ['has no number', without('number'), false],
    ['has the number 0', replaced('number', '0'), false],
    ['has no JSON where it is described', replaced('about', '{'), false],
    ['has another format', replaced('format', '4'), true],
    ['is of another kind', replaced('kind', 'x'), true],
  ])('is not one of this version when it %s', (_, record, isNewer) => {
    expect(() => fromRecord(record, 't')).toThrow(expect.objectContaining({ isNewer }) as Error);
  });
});
