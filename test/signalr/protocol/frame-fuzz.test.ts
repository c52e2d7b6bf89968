import { isDeepStrictEqual } from 'node:util';
import {
  type HubConnection,
  HubConnectionBuilder,
  type IHubProtocol,
  JsonHubProtocol,
  LogLevel,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { WebSocket } from 'ws';
import { defineHub, method, streamMethod } from '../../../src/signalr';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import { MessageFrameReader } from '../../../src/signalr/protocol/message-frame-reader';
import type { HubProtocol, MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import type { ValueKind } from '../../../src/signalr/protocol/value-kinds';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { writeLengthPrefix } from '../../../src/signalr/protocol/length-prefix-framing';
import { type HubMessage, MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';
import { jsonBodies, messagePackBodies } from '../support/fuzz-bodies';
import { FrameMutator, SeededRandom } from '../support/frame-mutator';
import { useHubs } from '../support/hub-servers';

const SEED = 20260;
const FRAMES_PER_PARSER = 48_000;
const CONNECTIONS_PER_PROTOCOL = 100;
const FRAMES_PER_CONNECTION = 20;

const hubs = useHubs();

const hub = defineHub({
  Echo: method(['json'], (_, value) => value),
  Later: method(['json'], async (_, value) => Promise.resolve(value)),
  Raw: method(['json', 'rawJson'], (_, __, raw) => raw.length),
  Typed: method(['string', 'number', 'boolean'], (_, text) => text, { optional: 1 }),
  Upload: method(['string', 'stream'], (_, __, items) => count(items)),
  UploadRaw: method(['rawStream'], (_, items) => count(items)),
  Count: streamMethod(['number'], function* (_, end) {
    for (let i = 0; i < Math.min(end, 20); i++) yield i;
  }),
});

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let length = 0;
  try {
    for await (const item of items) if (item !== undefined) length++;
  } catch {
    // The client completes a stream with an error, or is gone: both happen here.
  }
  return length;
}

/** An encoding under test. */
interface Target {
  readonly name: 'json' | 'messagepack';
  readonly protocol: HubProtocol;
  readonly stock: () => IHubProtocol;
  readonly bodies: readonly Buffer[];
  readonly frame: (body: Buffer) => Buffer;
}

const targets: readonly Target[] = [
  {
    name: 'json',
    protocol: new JsonProtocol(),
    stock: () => new JsonHubProtocol(),
    bodies: jsonBodies,
    frame: (body) => Buffer.concat([body, Buffer.of(0x1e)]),
  },
  {
    name: 'messagepack',
    protocol: new MessagePackProtocol(),
    stock: () => new MessagePackHubProtocol(),
    bodies: messagePackBodies,
    frame: (body) => {
      const prefix = Buffer.alloc(5);
      return Buffer.concat([prefix.subarray(writeLengthPrefix(prefix, 5, body.length)), body]);
    },
  },
];

const STREAMS = new Map<string, ValueKind>([
  ['s', 'json'],
  ['r', 'rawJson'],
]);
const binder: MessageBinder = {
  findTarget: (bytes, start, end) => hub.findTarget(bytes, start, end),
  parameters: (target) => hub.parameters(target),
  itemKind: (streamId) => STREAMS.get(streamId),
  resultKind: (invocationId) => STREAMS.get(invocationId),
};

/** Whether a raw value is more than six times as long as its message. */
function overgrown(message: HubMessage | undefined, size: number): boolean {
  if (message?.type !== MESSAGE_TYPE.Invocation) return false;
  return message.arguments.some((value) => Buffer.isBuffer(value) && value.length > 6 * size);
}

/** How many messages a frame that comes in pieces yields, and whether some of it is left. */
function cut(protocol: HubProtocol, frame: Buffer, size: number): { messages: number; waiting: number } {
  const reader = new MessageFrameReader(protocol.framing, 1024 * 1024);
  let messages = 0;
  for (let i = 0; i < frame.length; i += size) {
    reader.push(frame.subarray(i, i + size));
    while (reader.next()) messages++;
  }
  return { messages, waiting: reader.waiting };
}

describe.each(targets)('the $name parser under fire', ({ protocol, bodies, frame }) => {
  const { stackTraceLimit } = Error;

  // Most frames end in an error: capturing stack traces would be most of the work.
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it('reads a frame or refuses it with an InvalidDataException, and nothing else', () => {
    const mutator = new FrameMutator(new SeededRandom(SEED), bodies);
    const counts = { read: 0, refused: 0, overgrown: 0, lost: 0 };
    for (let i = 0; i < FRAMES_PER_PARSER; i++) {
      const body = mutator.next();
      try {
        const message = protocol.parse(body, 0, body.length, binder);
        counts.read++;
        if (overgrown(message, body.length)) counts.overgrown++;
      } catch (error) {
        if (error instanceof InvalidDataException) counts.refused++;
        else throw new Error(`Frame ${i}: ${body.toString('hex')}`, { cause: error });
      }
      // One piece or many: the result is the same.
      const pieces = 1 + (i % 5);
      if (i % 16 === 0 && !isDeepStrictEqual(cut(protocol, frame(body), pieces), cut(protocol, frame(body), 10_000))) {
        counts.lost++;
      }
    }
    expect(counts).toMatchObject({ overgrown: 0, lost: 0 });
    // The frames are neither all noise nor all harmless.
    expect(counts.read).toBeGreaterThan(FRAMES_PER_PARSER / 10);
    expect(counts.refused).toBeGreaterThan(FRAMES_PER_PARSER / 10);
  });
});

it('writes what the MessagePack parser has read so that it reads the same', () => {
  const protocol = new MessagePackProtocol();
  const mutator = new FrameMutator(new SeededRandom(SEED + 1), messagePackBodies);
  const everything: MessageBinder = {
    findTarget: () => undefined,
    parameters: () => ({ kinds: ['json', 'json', 'json', 'json'], required: 0 }),
    itemKind: () => 'json',
    resultKind: () => 'json',
  };
  const parse = (body: Buffer): HubMessage | undefined => {
    try {
      return protocol.parse(body, 0, body.length, everything);
    } catch {
      return undefined;
    }
  };
  let compared = 0;
  for (let i = 0; i < 4_000; i++) {
    const message = parse(mutator.next());
    const written = message !== undefined && message.type !== MESSAGE_TYPE.StreamInvocation && isWritten(message);
    if (!written) continue;
    const reader = new MessageFrameReader(protocol.framing, 1024 * 1024);
    reader.push(protocol.write(message));
    expect(reader.next()).toBe(true);
    const again = protocol.parse(reader.bytes, reader.start, reader.end, everything);
    if (!isDeepStrictEqual(again, message)) expect(again).toEqual(message);
    compared++;
  }
  expect(compared).toBeGreaterThan(500);
});

function isWritten(message: HubMessage): message is Parameters<HubProtocol['write']>[0] {
  return message.type > MESSAGE_TYPE.BindingFailure && message.type !== MESSAGE_TYPE.StreamInvocation;
}

describe('a live server under fire', () => {
  /**
   * Sends broken frames until the server or the client ends the connection; resolves to the code of the close frame.
   */
  async function attack(url: string, target: Target, random: SeededRandom, mutator: FrameMutator): Promise<number> {
    const socket = new WebSocket(url.replace('http', 'ws'));
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('error', () => undefined);
    const handshake = Buffer.from(`{"protocol":"${target.name}","version":1}\x1e`);
    const frames = Array.from({ length: FRAMES_PER_CONNECTION }, () => target.frame(mutator.next()));
    const stream = Buffer.concat([handshake, ...frames]);
    for (let at = 0; at < stream.length;) {
      const to = at + 1 + random.below(random.pick([3, 60, 3_000]));
      socket.send(stream.subarray(at, to));
      at = to;
    }
    // Some leave in good order, some without a close frame.
    if (random.below(4) === 0) socket.terminate();
    else socket.close(1000);
    return closed;
  }

  it('closes in good order, keeps nothing, and serves good clients afterwards', async () => {
    const { server, url } = await hubs.run(hub, { maximumParallelInvocations: 4 });
    for (const target of targets) {
      const random = new SeededRandom(SEED);
      const mutator = new FrameMutator(random, target.bodies);
      for (let i = 0; i < CONNECTIONS_PER_PROTOCOL; i += 10) {
        const codes = await Promise.all(Array.from({ length: 10 }, () => attack(url, target, random, mutator)));
        // 1006 is what a client gets that sent no close frame itself.
        for (const code of codes) expect([1000, 1006]).toContain(code);
      }
    }
    while (server.connections > 0) await new Promise(setImmediate);

    const good = await Promise.all(targets.map((target) => connect(url, target.stock())));
    for (const connection of good) {
      expect(await connection.invoke('Echo', { a: [1, 'ü'] })).toEqual({ a: [1, 'ü'] });
      expect(await connection.invoke('Raw', 1, { a: 1 })).toBe('{"a":1}'.length);
    }
    expect(server.connections).toBe(good.length);
    await Promise.all(good.map((connection) => connection.stop()));
  });

  async function connect(url: string, protocol: IHubProtocol): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(url)
      .withHubProtocol(protocol)
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    return connection;
  }
});
