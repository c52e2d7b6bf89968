import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Credentials, scram, type ScramHash } from './scram';
import { WireReader, WireWriter } from './wire';

/** How a broker is spoken to. */
export interface BrokerSecurity {
  readonly tls?: { readonly ca?: string };
  readonly sasl?: Credentials & { readonly mechanism: string };
}

/** A request of Kafka's protocol: which one, in which version (none with tagged fields), and what it says. */
export interface BrokerRequest {
  readonly key: number;
  readonly version: number;
  readonly write: (body: WireWriter) => void;
}

/** https://kafka.apache.org/protocol#protocol_api_keys */
const [SASL_HANDSHAKE, SASL_AUTHENTICATE] = [17, 36];

const SCRAM: Readonly<Record<string, ScramHash>> = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' };

/** No answer that is asked for here comes near to it. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A connection to one broker, for a request at a time. */
export class BrokerConnection {
  readonly #socket: Socket;
  #requests = 0;
  #received = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    socket.on('close', () => this.#wake?.());
  }

  /** Connects, and says who it is where that is asked for. `address`: `host:port`. Ends when `signal` is aborted. */
  static async open(address: string, security: BrokerSecurity, signal: AbortSignal): Promise<BrokerConnection> {
    const { tls, sasl } = security;
    const { hostname, port } = new URL(`kafka://${address}`);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const place = { host, port: Number(port) };
    const socket = tls === undefined ? connect(place) : connectTls({ ...place, ...tls, ...serverName(host) });
    // Whoever waits is told by `once`.
    socket.on('error', () => undefined);
    signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true });
    const connection = new BrokerConnection(socket);
    try {
      await once(socket, tls === undefined ? 'connect' : 'secureConnect');
      if (sasl !== undefined) await connection.#authenticate(sasl);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Gives the answer, behind its head. */
  async request({ key, version, write }: BrokerRequest): Promise<WireReader> {
    const id = ++this.#requests;
    const request = new WireWriter().int16(key).int16(version).int32(id).string('writer-hub');
    write(request);
    this.#socket.write(request.toRequest());
    const answer = new WireReader(await this.#answer());
    if (answer.int32() !== id) throw new Error('the broker has answered something else');
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The bytes of the next answer, behind their length. */
  async #answer(): Promise<Buffer> {
    const length = (await this.#read(4)).readInt32BE();
    if (length < 4 || length > MOST_BYTES) throw new Error('what answers is no broker of Kafka');
    return this.#read(length);
  }

  /** The next so many bytes. */
  async #read(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      if (this.#socket.destroyed) throw this.#socket.errored ?? new Error('the broker has closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  async #authenticate({ mechanism, ...credentials }: NonNullable<BrokerSecurity['sasl']>): Promise<void> {
    const handshake = await this.request({
      ...{ key: SASL_HANDSHAKE, version: 1 },
      write: (body) => body.string(mechanism),
    });
    if (handshake.int16() !== 0) throw new Error(`the broker does not take ${mechanism}`);
    const hash = SCRAM[mechanism];
    if (hash !== undefined) {
      await scram(hash, credentials, (message) => this.#say(message));
      return;
    }
    if (mechanism !== 'PLAIN') throw new Error(`${mechanism} is not known here`);
    await this.#say(`\0${credentials.username}\0${credentials.password}`);
  }

  async #say(message: string): Promise<string> {
    const answer = await this.request({
      ...{ key: SASL_AUTHENTICATE, version: 1 },
      write: (body) => body.bytes(Buffer.from(message)),
    });
    const [code, reason] = [answer.int16(), answer.string()];
    if (code !== 0) throw new Error(reason ?? `the broker has refused who asks (${code})`);
    return (answer.bytes() ?? '').toString();
  }
}

/** An address has no name to be told (RFC 6066, section 3). */
function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}
