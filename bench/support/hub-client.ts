import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { clientFrame, ServerFrameReader } from './websocket-frames';

/** Receives what happens on a hub connection. */
export interface HubClientListener {
  /** An invocation was completed, with an error or without. What is sent in this call leaves in one write. */
  onCompletion(invocationId: number, error: string | undefined): void;
  /** The connection has ended. */
  onClose(reason: string): void;
}

/** The port of a hub, and the token of the caller. */
export interface HubAddress {
  readonly port: number;
  readonly token: string;
}

const SEPARATOR = '\x1e';
const COMPLETION_START = '{"type":3,"invocationId":"';
const COMPLETION_END = '","result":null}';

/**
 * A hub connection that needs little of its process: WebSocket frames over a plain socket, without negotiation, with
 * messages that may have been built beforehand. Invocation ids are whole numbers.
 */
export class HubClient {
  readonly #frames: ServerFrameReader;
  readonly #mask = randomBytes(4);
  #rest = '';
  #end: string | undefined;
  readonly #socket: Socket;
  readonly #listener: HubClientListener;

  private constructor(socket: Socket, listener: HubClientListener) {
    this.#socket = socket;
    this.#listener = listener;

    this.#frames = new ServerFrameReader({
      onMessage: (payload) => {
        this.#receive(payload.toString('utf8'));
      },
      onPing: (payload) => {
        this.#socket.write(clientFrame(payload, this.#mask, 0xa).bytes);
      },
      onClose: (code) => {
        this.#end ??= `closed with ${code}`;
        this.#socket.end();
      },
    });
  }

  /** Connects, upgrades and completes the handshake. */
  static async open(address: HubAddress, listener: HubClientListener): Promise<HubClient> {
    const socket = connect({ port: address.port, host: '127.0.0.1', noDelay: true });
    const client = new HubClient(socket, listener);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => {
        reject(new Error('closed before the handshake was answered'));
      });
      client.#start(address, resolve, reject);
    });
    client.#watch();
    return client;
  }

  /** Sends bytes made by `clientFrame`. */
  send(frame: Buffer): void {
    this.#socket.write(frame);
  }

  /** Sends one invocation; `argumentsJson` is the JSON text of the array of arguments. */
  invoke(invocationId: number, target: string, argumentsJson: string): void {
    const invocation = `{"type":1,"invocationId":"${invocationId}","target":"${target}","arguments":${argumentsJson}}`;
    this.send(clientFrame(Buffer.from(invocation + SEPARATOR), this.#mask).bytes);
  }

  /** Drops the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  #start(address: HubAddress, resolve: () => void, reject: (error: Error) => void): void {
    let answer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const headEnd = answer.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = answer.toString('latin1', 0, headEnd);
      if (!head.startsWith('HTTP/1.1 101')) {
        reject(new Error(`the upgrade was refused: ${head}`));
        this.#socket.destroy();
        return;
      }
      // HubProtocol: the handshake response comes before anything else, as a message of its own.
      const handshake = answer.subarray(headEnd + 4);
      if (handshake.length < 5) return;
      const text = handshake.toString('utf8', 2, 5);
      this.#socket.off('data', onData);
      this.#frames.push(handshake.subarray(5));
      if (text === `{}${SEPARATOR}`) resolve();
      else reject(new Error(`the handshake was refused: ${handshake.toString('utf8', 2)}`));
    };
    this.#socket.on('data', onData);
    this.#socket.write(upgradeRequest(address));
    this.#socket.write(clientFrame(Buffer.from(`{"protocol":"json","version":1}${SEPARATOR}`), this.#mask).bytes);
  }

  #watch(): void {
    this.#socket.removeAllListeners('error').removeAllListeners('close');
    this.#socket.on('data', (chunk: Buffer) => {
      this.#socket.cork();
      this.#frames.push(chunk);
      this.#socket.uncork();
    });
    this.#socket.on('error', (error) => (this.#end ??= error.message));
    this.#socket.on('close', () => {
      this.#listener.onClose(this.#end ?? 'the socket closed');
    });
  }

  #receive(text: string): void {
    const records = (this.#rest + text).split(SEPARATOR);
    this.#rest = records.pop() ?? '';
    for (const record of records) this.#record(record);
  }

  #record(record: string): void {
    // The usual completion, a hundred thousand per second, is recognised by its two ends; everything else is parsed.
    if (record.startsWith(COMPLETION_START) && record.endsWith(COMPLETION_END)) {
      this.#listener.onCompletion(Number(record.slice(COMPLETION_START.length, -COMPLETION_END.length)), undefined);
      return;
    }
    const message = JSON.parse(record) as { type: number; invocationId?: string; error?: string };
    if (message.type === 3) this.#listener.onCompletion(Number(message.invocationId), message.error);
    else if (message.type === 7) this.#end ??= `the hub closed: ${message.error ?? 'no reason'}`;
  }
}

/** The request that opens a hub connection. RFC 6455, section 4.1. */
export function upgradeRequest(address: HubAddress): string {
  return [
    'GET /hub HTTP/1.1',
    `Host: 127.0.0.1:${address.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Authorization: Bearer ${address.token}`,
    '\r\n',
  ].join('\r\n');
}
