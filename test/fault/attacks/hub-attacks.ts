import { encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import { openSocket, repeat, type Attack, type Target } from './attack';
import { upgradeRequest } from '../../../bench/support/hub-client';

/** The largest hub message by default, less a little. */
const MESSAGE_BYTES = 10 * 1024 * 1024 - 1000;

const SEPARATOR = '\x1e';
const MASKED = 0x80;
const FINAL = 0x80;
const CONTINUATION = 0x0;
const TEXT = 0x1;
const PING = 0x9;

/** Sends one message again and again, each when the one before was answered. */
function hubAttack(name: string, protocol: 'json' | 'messagepack', message: () => Buffer): Attack {
  return {
    name,
    async run(target, signal) {
      const bytes = message();
      await repeat(4, signal, () => callAgainAndAgain(target, signal, `{"protocol":"${protocol}","version":1}`, bytes));
    },
  };
}

function callAgainAndAgain(target: Target, signal: AbortSignal, handshake: string, message: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${target.token}` };
    const socket = new WebSocket(`${target.url.replace('http', 'ws')}/hub`, { headers });
    signal.addEventListener('abort', () => {
      socket.terminate();
    });
    socket.on('open', () => {
      socket.send(handshake + SEPARATOR);
    });
    socket.on('message', () => {
      socket.send(message);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
  });
}

/** A MessagePack value of about the largest size: a list of as many items as fit. */
function listOf(item: Buffer): Buffer {
  const count = Math.floor(MESSAGE_BYTES / item.length);
  const head = Buffer.of(0xdd, 0, 0, 0, 0);
  head.writeUInt32BE(count, 1);
  return Buffer.concat([head, Buffer.alloc(count * item.length, item)]);
}

/** Behind its length, an invocation with a raw value as its third argument. HubProtocol: MessagePack. */
function send(value: Buffer): Buffer {
  const empty = Buffer.from(encode([1, {}, 'i', 'SendEventData', ['packed', 's', null], []]));
  const at = empty.lastIndexOf(0xc0);
  const body = Buffer.concat([empty.subarray(0, at), value, empty.subarray(at + 1)]);
  const prefix: number[] = [];
  for (let rest = body.length; rest > 0; rest >>>= 7) prefix.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from(prefix), body]);
}

/** One that is converted at once. */
function shortText(): Buffer {
  const length = 24_000;
  return Buffer.concat([Buffer.of(0xda, length >> 8, length & 0xff), Buffer.alloc(length, 1)]);
}

function longText(): Buffer {
  const head = Buffer.of(0xdb, 0, 0, 0, 0);
  head.writeUInt32BE(MESSAGE_BYTES, 1);
  return Buffer.concat([head, Buffer.alloc(MESSAGE_BYTES, 1)]);
}

/** Sends a frame, then another as often and as fast as it is taken. */
function frameAttack(name: string, first: Buffer, frame: Buffer): Attack {
  return {
    name,
    async run(target, signal) {
      const many = Buffer.alloc(64 * 1024 - ((64 * 1024) % frame.length), frame);
      await repeat(64, signal, async () => {
        const socket = openSocket(target, signal);
        socket.resume();
        socket.write(upgradeRequest(target));
        socket.write(first);
        while (!socket.destroyed) await new Promise((resolve) => socket.write(many, resolve));
      });
    },
  };
}

const ping = Buffer.of(FINAL | PING, MASKED, 0, 0, 0, 0);
const fragment = (opcode: number): Buffer => Buffer.of(opcode, MASKED | 1, 0, 0, 0, 0, 0x78);

/** What hub messages make the main thread do. */
export const HUB_ATTACKS: readonly Attack[] = [
  hubAttack('10 MB of arguments in one call', 'json', () =>
    Buffer.from(
      `{"type":1,"invocationId":"i","target":"CloseStream","arguments":[${'[],'.repeat(MESSAGE_BYTES / 3)}1]}${SEPARATOR}`,
    ),
  ),
  hubAttack('10 MB of escapes in a text', 'json', () =>
    Buffer.from(
      `{"type":1,"invocationId":"i","target":"CloseStream","arguments":["${'\\"'.repeat(MESSAGE_BYTES / 2)}",1]}${SEPARATOR}`,
    ),
  ),
  hubAttack('10 MB of lists in MessagePack', 'messagepack', () => send(listOf(Buffer.of(0x91, 1)))),
  hubAttack('10 MB of maps in MessagePack', 'messagepack', () => send(listOf(Buffer.of(0x81, 0xa1, 0x61, 0x91, 1)))),
  hubAttack('10 MB of control characters in MessagePack', 'messagepack', () => send(longText())),
  hubAttack('10 MB of control characters in short texts in MessagePack', 'messagepack', () =>
    send(listOf(shortText())),
  ),
  frameAttack('64 WebSockets send pings without an end', ping, ping),
  frameAttack('64 WebSockets send fragments of one byte', fragment(TEXT), fragment(CONTINUATION)),
];
