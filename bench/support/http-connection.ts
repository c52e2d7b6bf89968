import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Receives what happens on a connection. */
export interface HttpListener {
  onResponse(status: number, body: string): void;
  onClose(reason: string): void;
}

/** A keep-alive HTTP/1.1 connection that needs little of its process: it sends one request of ready bytes at a time. */
export class HttpConnection {
  #rest: Buffer = Buffer.alloc(0);
  #end = 'the socket closed';
  readonly #socket: Socket;
  readonly #listener: HttpListener;

  private constructor(socket: Socket, listener: HttpListener) {
    this.#socket = socket;
    this.#listener = listener;
  }

  static async open(port: number, listener: HttpListener): Promise<HttpConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const connection = new HttpConnection(socket, listener);
    await once(socket, 'connect');
    connection.#watch();
    return connection;
  }

  /** Sends a whole request; the next may follow when it has been answered. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  /** Drops the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  #watch(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    this.#socket.on('error', (error) => (this.#end = error.message));
    this.#socket.on('close', () => {
      this.#listener.onClose(this.#end);
    });
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = bytes;
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length:\n${head}`);
    const end = headEnd + 4 + Number(length);
    if (bytes.length < end) return;
    this.#rest = bytes.subarray(end);
    this.#listener.onResponse(Number(head.slice(9, 12)), bytes.toString('utf8', headEnd + 4, end));
  }
}

/** The target of a POST, and its token. */
export interface PostTarget {
  readonly port: number;
  readonly token: string;
  /** Path and query. */
  readonly path: string;
  /** Headers besides those of every POST. */
  readonly headers?: readonly string[];
}

/** The head of a POST, including the empty line. */
export function postHead({ port, token, path, headers = [] }: PostTarget, length: number): string {
  return [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    ...headers,
    '\r\n',
  ].join('\r\n');
}

/** The path for posting events to a stream. */
export function eventsPath(topic: string, stream: string): string {
  return `/topics/${topic}/streams/${stream}/events/data`;
}

/** The path for posting rows to a data source. */
export function rowsPath(dataSource: string, wait: boolean): string {
  return `/v0/events?name=${dataSource}${wait ? '&wait=true' : ''}`;
}
