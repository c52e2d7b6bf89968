import { encode } from '@msgpack/msgpack';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import type { MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';

const binder: MessageBinder = {
  findTarget: () => undefined,
  parameters: () => ({ kinds: ['json', 'rawJson', 'rawJson'], required: 2 }),
  itemKind: () => 'rawJson',
  resultKind: () => undefined,
};

const LARGE: readonly [string, unknown][] = [
  ['a long string', `${'x'.repeat(100_000)}"\\ä\n${'\u0001'.repeat(50_000)}`],
  ['a long key', { ['k"'.repeat(40_000)]: [1, { [`l${'\n'.repeat(40_000)}`]: 2 }] }],
  ['long binary', Buffer.alloc(100_001, 0xa7)],
  ['many values', Array.from({ length: 20_000 }, (_, i) => ({ i, f: i / 7, t: new Date(i), n: null, b: [true, []] }))],
  ['texts that are just no long ones', Array.from({ length: 20 }, () => '\u0001'.repeat(24_000))],
  ['keys that are just no long ones', Array.from({ length: 20 }, () => ({ ['\u0001'.repeat(24_000)]: 1 }))],
  ['a text that becomes six times as long', '\u0001'.repeat(500_000)],
  ['deep values', Array.from({ length: 3_000 }, (_, i) => [[[[[[[[[{ i }, [], {}]]]]]]]]])],
];

/** Reads a message both ways. */
function readBoth(message: readonly unknown[]): { readonly inSteps: unknown; readonly atOnce: unknown; steps: number } {
  const body = Buffer.from(encode(message));
  const bytes = Buffer.concat([Buffer.of(0xc1), body, Buffer.of(0xc1)]);
  const protocol = new MessagePackProtocol();
  const reading = protocol.parseInSteps(bytes, 1, 1 + body.length, binder);
  let steps = 1;
  while (!reading.step()) steps++;
  const atOnce = protocol.parse(bytes, 1, 1 + body.length, binder);
  return { inSteps: readable(reading.message), atOnce: readable(atOnce), steps };
}

/** A message with texts in place of bytes, which compare faster, and with the text of its error. */
function readable(message: unknown): unknown {
  const fields = Object.entries(message as object).map(([name, value]: [string, unknown]) => {
    if (value instanceof Error) return [name, value.message];
    return [name, Array.isArray(value) ? value.map(text) : text(value)];
  });
  return Object.fromEntries(fields) as unknown;
}

function text(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString() : value;
}

describe('a large raw argument under MessagePack', () => {
  it.each(LARGE)('is read in steps as it is at once: %s', (_, value) => {
    const { inSteps, atOnce, steps } = readBoth([1, {}, 'i', 'T', [1, value, value]]);
    expect(inSteps).toEqual(atOnce);
    expect(inSteps).toMatchObject({ type: 1, arguments: [1, expect.any(String), expect.any(String)] });
    expect(steps).toBeGreaterThan(5);
    expect(readBoth([2, {}, 's', value]).inSteps).toEqual(readBoth([2, {}, 's', value]).atOnce);
  });

  it.each([
    ['texts', 50, Array.from({ length: 100 }, () => '\u0001'.repeat(24_000))],
    ['keys', 50, Array.from({ length: 100 }, () => ({ ['\u0001'.repeat(24_000)]: 1 }))],
    // 12 MB: it is moved four times on its way there, a megabyte at a time.
    ['one text', 2_000_000 / 48_000 + 12, '\u0001'.repeat(2_000_000)],
  ])('takes a step for every 48,000 bytes or so, and for every megabyte that is moved: %s', (_, least, value) => {
    expect(readBoth([1, {}, 'i', 'T', [1, value]]).steps).toBeGreaterThan(least);
  });

  it.each([
    ['beside a small one', [1, {}, 'i', 'T', [1, [1, 2], LARGE[0]![1]]]],
    ['without a JSON form', [1, {}, 'i', 'T', [1, [...Array<number>(90_000).fill(1), { key: [NaN] }]]]],
    ['that is one too many', [1, {}, 'i', 'T', [1, LARGE[0]![1], 3, 4]]],
    ['for which another is missing', [1, {}, 'i', 'T', [LARGE[0]![1]]]],
  ])('is read in steps as it is at once: %s', (_, message) => {
    const { inSteps, atOnce } = readBoth(message);
    expect(inSteps).toEqual(atOnce);
  });

  it('that breaks off fails its call alone', () => {
    const protocol = new MessagePackProtocol();
    const body = Buffer.from(encode([1, {}, 'i', 'T', [1, Array<number>(90_000).fill(7)]]));
    const reading = protocol.parseInSteps(body, 0, body.length - 100, binder);
    while (!reading.step());
    expect(reading.message).toMatchObject({
      type: 0,
      invocationId: 'i',
      error: expect.any(InvalidDataException) as Error,
    });
  });
});
