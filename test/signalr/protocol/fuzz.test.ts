import fc from 'fast-check';
import { defineHub, method } from '../../../src/signalr';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import type { MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import { MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { useHubs } from '../support/hub-servers';

const SEED = 20260;
const hubs = useHubs();
const hub = defineHub({
  Echo: method(['json'], (_, value) => value),
  Later: method(['json'], async (_, value) => Promise.resolve(value)),
  Raw: method(['json', 'rawJson'], (_, __, raw) => raw.length),
});

const id = fc.constantFrom(undefined, '', '0', 'ü', '"');
const message = fc.oneof(
  fc.record({
    type: fc.constantFrom(1, 4),
    invocationId: id,
    target: fc.constantFrom('Echo', 'raw', 'LATER', 'no'),
    arguments: fc.array(fc.jsonValue(), { maxLength: 3 }),
    streamIds: fc.constantFrom(undefined, [], ['1']),
  }),
  fc.record({
    type: fc.constantFrom(2, 3, 5),
    invocationId: id,
    item: fc.jsonValue(),
    result: fc.constantFrom(undefined, null, 1),
    error: fc.constantFrom(undefined, 'e'),
  }),
  fc.record({
    type: fc.integer({ min: -1, max: 12 }),
    headers: fc.constantFrom(undefined, { a: 'b' }, { a: 1 }),
    x: fc.jsonValue(),
  }),
);

/** The binder of a connection without invocations. */
const binder: MessageBinder = {
  findTarget: (bytes, start, end) => hub.findTarget(bytes, start, end),
  parameters: (target) => hub.parameters(target),
  itemKind: () => undefined,
  resultKind: () => undefined,
};

/** A message's bytes, some of them changed. */
const mutated = fc
  .tuple(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
  .map(([value, changes]) => {
    const bytes = Buffer.from(JSON.stringify(value));
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return bytes;
  });

/** An integer that a number does not hold exactly is a bigint, of the digits that JavaScript writes. */
function exactly(_: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(String(value)) ? BigInt(String(value)) : value;
}

describe('JsonProtocol › parse', () => {
  it('gives back what was written, raw arguments to the byte', () => {
    const protocol = new JsonProtocol();
    fc.assert(
      fc.property(fc.jsonValue(), fc.json({ noUnicodeString: false }), fc.string(), (value, raw, invocationId) => {
        const text = `{"arguments":[${JSON.stringify(value)},${raw}],"invocationId":${JSON.stringify(invocationId)},"target":"Raw","type":1}`;
        const bytes = Buffer.from(text);
        const parsed = protocol.parse(bytes, 0, bytes.length, binder);
        expect(parsed).toMatchObject({ type: 1, target: 'Raw' });
        expect(parsed).toHaveProperty('invocationId', invocationId === '' ? undefined : invocationId);
        const expected = JSON.parse(JSON.stringify(value), exactly) as unknown;
        expect(parsed).toHaveProperty('arguments', [expected, Buffer.from(raw)]);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('refuses what is broken with an InvalidDataException and nothing else', () => {
    const protocol = new JsonProtocol();
    fc.assert(
      fc.property(mutated, (bytes) => {
        try {
          protocol.parse(bytes, 0, bytes.length, binder);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidDataException);
        }
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('takes no message that JSON.parse refuses, raw arguments aside', () => {
    const protocol = new JsonProtocol();
    const strict: MessageBinder = {
      findTarget: () => undefined,
      parameters: () => ({ kinds: ['json', 'json'], required: 0 }),
      itemKind: () => undefined,
      resultKind: () => undefined,
    };
    fc.assert(
      fc.property(mutated, (bytes) => {
        let parsed = false;
        try {
          const message = protocol.parse(bytes, 0, bytes.length, strict);
          parsed = message?.type !== MESSAGE_TYPE.BindingFailure;
        } catch {
          // Rejected: nothing more is asserted.
        }
        if (parsed) JSON.parse(bytes.toString());
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});

describe('a server under garbage', () => {
  it('answers, or closes in good order, and serves the next client', async () => {
    const { connect, server } = await hubs.run(hub, { maximumParallelInvocations: 4 });
    const run = fc.asyncProperty(
      fc.array(mutated, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(2_000), { maxLength: 6 }),
      async (records, cuts) => {
        const client = await connect();
        const stream = Buffer.concat(records.flatMap((record) => [record, Buffer.of(0x1e)]));
        const places = [0, ...cuts.map((cut) => cut % stream.length).sort((a, b) => a - b), stream.length];
        for (let i = 1; i < places.length; i++) client.sendRaw(stream.subarray(places[i - 1], places[i]), i % 2 === 0);
        client.send('{"type":7}');
        const code = await client.closed;
        // A text frame that is not UTF-8 breaks the rules of the WebSocket itself. RFC 6455: 7.4.1
        expect([1000, 1007]).toContain(code);
        if (code === 1007) return;
        const last = client.unread.at(-1) ?? '';
        expect(JSON.parse(last)).toMatchObject({ type: 7 });
      },
    );
    await fc.assert(run, { seed: SEED, numRuns: 60 });
    const client = await connect();
    expect(await client.invoke('Echo', 1)).toMatchObject({ result: 1 });
    expect(server.connections).toBe(1);
  });
});
