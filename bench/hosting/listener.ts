import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { clientFrame, ServerFrameReader } from '../support/websocket-frames';

const SEPARATOR = 0x1e;
const mask = randomBytes(4);
const handshake = clientFrame(Buffer.from('{"protocol":"json","version":1}\x1e'), mask).bytes;

/** A client that needs little of its process: after the handshake it only counts messages. */
export class Listener {
  readonly #frames: ServerFrameReader;
  #onMessages: (count: number) => void = () => undefined;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;

    this.#frames = new ServerFrameReader({
      onMessage: (payload) => {
        this.#onMessages(countOf(payload));
      },
      onPing: (payload) => {
        socket.write(clientFrame(payload, mask, 0xa).bytes);
      },
      onClose: () => {
        socket.end();
      },
    });
  }

  /** Connects, upgrades and completes the handshake. `onLost` is called when the connection ends. */
  static async open(port: number, onLost: (reason: Error) => void): Promise<Listener> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const listener = new Listener(socket);
    const handshakeDone = new Promise<void>((resolve) => {
      listener.#onMessages = () => {
        resolve();
      };
    });
    let head = Buffer.alloc(0);
    const onHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!head.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) onLost(new Error('an upgrade was refused'));
      socket.off('data', onHead);
      listener.#frames.push(head.subarray(end + 4));
      socket.on('data', (data: Buffer) => {
        // What is sent in return leaves in one write.
        socket.cork();
        listener.#frames.push(data);
        socket.uncork();
      });
    };
    socket.on('data', onHead);
    socket.on('error', onLost);
    socket.on('close', () => {
      onLost(new Error('a connection was closed'));
    });
    socket.write(upgradeRequest(port));
    socket.write(handshake);
    await handshakeDone;
    return listener;
  }

  /** Calls `onMessages` for the messages that arrive from now on. */
  count(onMessages: (count: number) => void): void {
    this.#onMessages = onMessages;
  }

  /** Sends the bytes of a frame. */
  send(frame: Buffer): void {
    this.#socket.write(frame);
  }
}

/** The id of an invocation that is answered, and its type: 1, or 4 for a stream. */
export interface Answered {
  readonly id: string;
  readonly type?: 1 | 4;
}

/** The frame of an invocation; without an id it is not answered. */
export function invocationFrame(
  target: string,
  args: readonly unknown[],
  { id, type = 1 }: Partial<Answered> = {},
): Buffer {
  const record = `${JSON.stringify({ type, invocationId: id, target, arguments: args })}\x1e`;
  return clientFrame(Buffer.from(record), mask).bytes;
}

/** Opens `count` connections, a hundred at a time. */
export async function openListeners(port: number, count: number, onLost: (reason: Error) => void): Promise<Listener[]> {
  const listeners: Listener[] = [];
  while (listeners.length < count) {
    const wave = Math.min(100, count - listeners.length);
    listeners.push(...(await Promise.all(Array.from({ length: wave }, () => Listener.open(port, onLost)))));
  }
  return listeners;
}

function countOf(payload: Buffer): number {
  let count = 0;
  for (let at = payload.indexOf(SEPARATOR); at >= 0; at = payload.indexOf(SEPARATOR, at + 1)) count++;
  return count;
}

function upgradeRequest(port: number): string {
  return [
    'GET /hub HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}
