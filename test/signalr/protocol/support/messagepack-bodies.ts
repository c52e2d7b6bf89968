import { encode } from '@msgpack/msgpack';
import type { MessageBinder } from '../../../../src/signalr/protocol/hub-protocol';
import type { ValueKind } from '../../../../src/signalr/protocol/value-kinds';
import type { HubMessage } from '../../../../src/signalr/protocol/hub-messages';
import { MessagePackProtocol } from '../../../../src/signalr/protocol/messagepack-protocol';

const METHODS: Readonly<Record<string, readonly ValueKind[]>> = {
  None: [],
  Target: ['json'],
  Two: ['number', 'string'],
  Flag: ['boolean'],
  Raw: ['string', 'rawJson'],
  Few: ['number', 'rawJson', 'json'],
};

/** For upload streams and invocations of the client alike. */
const STREAMS: Readonly<Record<string, ValueKind>> = { json: 'json', raw: 'rawJson', text: 'string' };

const binder: MessageBinder = {
  findTarget: (bytes, start, end) =>
    Buffer.from(bytes.slice(start, end)).equals(Buffer.from('None')) ? 'None' : undefined,
  parameters: (target) => {
    const kinds = METHODS[target];
    return kinds && { kinds, required: target === 'Few' ? 1 : kinds.length };
  },
  itemKind: (streamId) => STREAMS[streamId],
  resultKind: (invocationId) => STREAMS[invocationId],
};

const protocol = new MessagePackProtocol();

/** Reads the body of one message. */
export function parseBody(body: Uint8Array): HubMessage | undefined {
  // As in a buffer with something before and after the message.
  const glued = Buffer.concat([Buffer.from([0x93, 0xc0]), body, Buffer.from([0x93, 0xc0])]);
  return protocol.parse(glued, 2, 2 + body.length, binder);
}

/** Reads the body that the MessagePack library writes for a value. */
export function parseEncoded(body: unknown): HubMessage | undefined {
  return parseBody(encode(body, { useBigInt64: true }));
}

/** Reads a value, given as bytes, as the only argument of an invocation. */
export function readArgument(target: 'Target' | 'Raw', value: Uint8Array): HubMessage | undefined {
  const head = [1, {}, null, target].map((item) => Buffer.from(encode(item)));
  const before = target === 'Raw' ? Buffer.concat([Buffer.of(0x92), encode('x')]) : Buffer.of(0x91);
  return parseBody(Buffer.concat([Buffer.of(0x95), ...head, before, value]));
}
