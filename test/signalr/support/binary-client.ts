import { decode, encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import { MessageFrameReader } from '../../../src/signalr/protocol/message-frame-reader';
import { lengthPrefixFraming, writeLengthPrefix } from '../../../src/signalr/protocol/length-prefix-framing';

const handshakeAnswer = Buffer.from('{}\x1e');

/** The bytes of messages in MessagePack, each behind its length. */
export function binaryFrames(...messages: unknown[]): Buffer {
  return Buffer.concat(messages.map((message) => frameBody(encode(message, { useBigInt64: true }))));
}

/** The body of a message behind its length. */
export function frameBody(body: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  return Buffer.concat([prefix.subarray(writeLengthPrefix(prefix, 5, body.length)), body]);
}

/** A client that sends literal MessagePack messages, and keeps what it receives until a test reads it. */
export class BinaryClient {
  readonly socket: WebSocket;
  /** Resolves to the close frame's code when the connection has ended. */
  readonly closed: Promise<number>;
  readonly #messages: unknown[] = [];
  readonly #waiting: ((message: unknown) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
    let shaken = false;
    socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(true);
      const reader = new MessageFrameReader(lengthPrefixFraming, 1024 * 1024);
      if (!shaken) expect(data.subarray(0, handshakeAnswer.length)).toEqual(handshakeAnswer);
      reader.push(shaken ? data : data.subarray(handshakeAnswer.length));
      shaken = true;
      while (reader.next()) this.#hear(decode(reader.bytes.subarray(reader.start, reader.end), { useBigInt64: true }));
      // A message is never split over pieces.
      expect(reader.waiting).toBe(0);
    });
  }

  /** Connects and asks for MessagePack; `first` is sent in the same piece. */
  static async connect(url: string, first: Uint8Array = Buffer.alloc(0)): Promise<BinaryClient> {
    const client = new BinaryClient(new WebSocket(url.replace('http', 'ws')));
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    client.socket.send(Buffer.concat([Buffer.from('{"protocol":"messagepack","version":1}\x1e'), first]));
    return client;
  }

  send(...messages: unknown[]): void {
    this.socket.send(binaryFrames(...messages));
  }

  /** The next message that has come or comes. */
  next(): Promise<unknown> {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #hear(message: unknown): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#messages.push(message);
    else waiting(message);
  }
}
