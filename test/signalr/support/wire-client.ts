import { type ClientOptions, WebSocket } from 'ws';

const SEPARATOR = '\x1e';

/** A client that sends literal text, and keeps what it receives until a test reads it. */
export class WireClient {
  readonly socket: WebSocket;
  /** Resolves to the close frame's code when the connection has ended. */
  readonly closed: Promise<number>;
  /** The WebSocket messages that were received, as text. */
  readonly pieces: string[] = [];
  readonly #records: string[] = [];
  readonly #waiting: ((record: string) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      this.pieces.push(text);
      // A message is never split over pieces.
      expect(text.endsWith(SEPARATOR)).toBe(true);
      for (const record of text.slice(0, -1).split(SEPARATOR)) {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#records.push(record);
        else waiting(record);
      }
    });
  }

  /** Connects without a handshake. */
  static async open(url: string, options: ClientOptions = {}): Promise<WireClient> {
    const socket = new WebSocket(url, options);
    const client = new WireClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    return client;
  }

  /** Connects and completes the handshake. */
  static async connect(url: string, options: ClientOptions = {}): Promise<WireClient> {
    const client = await WireClient.open(url, options);
    client.send('{"protocol":"json","version":1}');
    expect(await client.next()).toBe('{}');
    return client;
  }

  /** Sends each record with its separator, all in one frame. */
  send(...records: string[]): void {
    this.sendRaw(records.map((record) => record + SEPARATOR).join(''));
  }

  /** Sends bytes as they are in one frame. */
  sendRaw(data: string | Uint8Array, binary = false): void {
    this.socket.send(data, { binary });
  }

  /** Sends each byte in a frame of its own. */
  sendByteByByte(...records: string[]): void {
    for (const byte of Buffer.from(records.map((record) => record + SEPARATOR).join(''))) {
      this.sendRaw(Buffer.of(byte));
    }
  }

  /** The next record that has come or comes. */
  next(): Promise<string> {
    const record = this.#records.shift();
    if (record !== undefined) return Promise.resolve(record);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next record, parsed. */
  async nextMessage(): Promise<unknown> {
    return JSON.parse(await this.next()) as unknown;
  }

  /** Invokes a method and returns the completion, which must be the next message. */
  async invoke(target: string, ...args: unknown[]): Promise<unknown> {
    this.send(JSON.stringify({ type: 1, invocationId: 'i', target, arguments: args }));
    return this.nextMessage();
  }

  /** Records that were received and not read. */
  get unread(): readonly string[] {
    return this.#records;
  }

  /** Resolves when the server has received everything sent so far: a ping goes there and back. */
  async settle(): Promise<void> {
    await new Promise((resolve) => {
      this.socket.once('pong', resolve);
      this.socket.ping();
    });
  }
}
