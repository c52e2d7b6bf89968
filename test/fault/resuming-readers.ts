import { once } from 'node:events';
import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import * as signalR from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import type { Random } from '../../bench/support/random';
import { TOKEN } from '../../bench/support/writer-hub-server';
import { WriterHubClient, type EventReader } from '../../src/client';
import type { CuttingProxy } from '../conformance/support/cutting-proxy';
import { StreamSequences } from './stream-sequences';

/** What a reader reads, and through which proxy. */
export interface ReaderTarget {
  readonly topic: string;
  readonly url: string;
  readonly proxy: CuttingProxy;
  readonly random: Random;
  /** Called for each event. */
  readonly onEvent: () => void;
}

/** An event or a mark as it is on the wire. */
interface WireItem {
  readonly type?: string;
  readonly offset?: string;
  readonly position?: string;
  readonly streamId?: string;
  readonly value?: string;
  readonly end?: { readonly code: string; readonly message: string };
}

/** Reads a topic from its beginning to its end, over whatever happens to its connections. */
export abstract class ResumingReader {
  readonly sequences = new StreamSequences();
  /** How often it was told where it begins. */
  begun = 0;
  #isStopped = false;
  #broken: string | undefined;
  protected position = 'earliest';

  constructor(
    readonly name: string,
    protected readonly target: ReaderTarget,
  ) {}

  get fault(): string | undefined {
    return this.#broken ?? this.sequences.fault;
  }

  /** Reads until it is stopped, or something is wrong. */
  async run(): Promise<void> {
    while (!this.#isStopped && this.fault === undefined) {
      await this.read();
      // A server that has just been killed needs a moment, and readers need not come back together.
      await delay(this.target.random.between(1, 30));
    }
  }

  /** Has the connection reset, whatever is on its way. */
  cut(): void {
    this.target.proxy.cut();
  }

  /** Leaves by itself in the middle of something, as a page does that is closed, and comes back. */
  abstract leave(): void;

  stop(): void {
    this.#isStopped = true;
    this.leave();
  }

  /** Reads on from the position until the connection ends, in whatever way. */
  protected abstract read(): Promise<void>;

  protected accept(position: string, streamId: string, value: string): void {
    this.position = position;
    this.sequences.accept(streamId, value);
    this.target.onEvent();
  }

  /** An answer that no reader of an intact topic may get. */
  protected break(why: string): void {
    this.#broken ??= why;
  }

  protected get address(): string {
    return this.target.proxy.through(this.target.url);
  }
}

/** The hub stream `ReadEvents`, with the stock client. */
export class HubReader extends ResumingReader {
  #connection: signalR.HubConnection | undefined;

  leave(): void {
    void this.#connection?.stop();
  }

  protected async read(): Promise<void> {
    const builder = new signalR.HubConnectionBuilder()
      .withUrl(`${this.address}/hub`, {
        accessTokenFactory: () => TOKEN,
        transport: signalR.HttpTransportType.WebSockets,
      })
      .configureLogging(signalR.LogLevel.None);
    if (this.name.includes('MessagePack')) builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.build();
    this.#connection = connection;
    try {
      await connection.start();
    } catch {
      return;
    }
    await new Promise<void>((resolve) => {
      connection.stream<WireItem>('ReadEvents', this.target.topic, { from: this.position }).subscribe({
        next: ({ type, offset, position, streamId = '', value = '' }) => {
          if (type === 'start') this.begun++;
          if (type === 'event') this.accept(offset ?? '', streamId, value);
          else this.position = position ?? this.position;
        },
        error: (error: Error) => {
          if (error.message.includes('HubException') && !error.message.includes('shutting_down'))
            this.break(error.message);
          resolve();
        },
        complete: resolve,
      });
    });
    await connection.stop();
  }
}

/** Reads an HTTP answer that goes on, line by line. */
abstract class HttpReader extends ResumingReader {
  #request: ClientRequest | undefined;

  leave(): void {
    this.#request?.destroy();
  }

  protected abstract readonly mediaType: string;

  protected abstract query(): { readonly from: string; readonly headers: Readonly<Record<string, string>> };

  protected abstract acceptLine(line: string): void;

  protected async read(): Promise<void> {
    const { from, headers } = this.query();
    const request = get(`${this.address}/topics/${this.target.topic}/events?from=${from}`, {
      agent: false,
      headers: { authorization: `Bearer ${TOKEN}`, accept: this.mediaType, ...headers },
    });
    this.#request = request;
    try {
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      if (response.statusCode === 200) this.begun++;
      else if (response.statusCode !== 503) this.break(`status ${response.statusCode}`);
      // A piece is no line, nor a whole number of characters.
      response.setEncoding('utf8');
      let rest = '';
      for await (const piece of response as AsyncIterable<string>) {
        const lines = (rest + piece).split('\n');
        rest = lines.pop()!;
        for (const line of lines) this.acceptLine(line);
      }
    } catch {
      // Cut, or nobody there: it is tried again.
    }
    request.destroy();
  }

  protected acceptEvent(json: string, position?: string): void {
    const { offset = '', streamId = '', value = '', end } = JSON.parse(json) as WireItem;
    if (end !== undefined) {
      if (end.code !== 'shutting_down') this.break(`${end.code}: ${end.message}`);
    } else {
      this.accept(position ?? offset, streamId, value);
    }
  }
}

/** Server-Sent Events, resumed as an `EventSource` does it: by the last id. */
export class EventStreamReader extends HttpReader {
  protected readonly mediaType = 'text/event-stream';
  #block: { name: string; data: string; id: string | undefined } = { name: '', data: '', id: undefined };

  protected query(): { from: string; headers: Record<string, string> } {
    this.#block = { name: '', data: '', id: undefined };
    const isFirst = this.position === 'earliest';
    return { from: 'earliest', headers: isFirst ? {} : { 'last-event-id': this.position } };
  }

  protected acceptLine(line: string): void {
    const block = this.#block;
    if (line.startsWith('data: ')) block.data += line.slice(6);
    else if (line.startsWith('event: ')) block.name = line.slice(7);
    else if (line.startsWith('id: ')) block.id = line.slice(4);
    else if (line === '') {
      this.#block = { name: '', data: '', id: undefined };
      if (block.name === 'end') this.break(block.data);
      if (block.data !== '' && block.name === '') this.acceptEvent(block.data, block.id);
      else this.position = block.id ?? this.position;
    }
  }
}

/** Lines of JSON. */
export class LineReader extends HttpReader {
  protected readonly mediaType = 'application/x-ndjson';

  protected query(): { from: string; headers: Record<string, string> } {
    return { from: this.position, headers: {} };
  }

  protected acceptLine(line: string): void {
    if (line !== '') this.acceptEvent(line);
  }
}

/** The client library, which sees to cuts by itself: it begins anew only after it has left. */
export class LibraryReader extends ResumingReader {
  readonly #client: WriterHubClient;
  #reader: EventReader | undefined;

  constructor(name: string, target: ReaderTarget) {
    super(name, target);
    const connectionOptions = { transport: signalR.HttpTransportType.WebSockets };
    this.#client = new WriterHubClient({
      signalR,
      url: this.address,
      token: TOKEN,
      retryDelayMs: 20,
      connectionOptions,
    });
  }

  leave(): void {
    void this.#reader?.return();
  }

  override stop(): void {
    super.stop();
    void this.#client.close();
  }

  protected async read(): Promise<void> {
    this.begun++;
    this.#reader = this.#client.read(this.target.topic, { from: this.position });
    try {
      for await (const { position, streamId, value } of this.#reader) this.accept(position, streamId, value ?? '');
    } catch (error) {
      this.break(String(error));
    }
  }
}
