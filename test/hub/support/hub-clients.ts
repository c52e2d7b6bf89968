import {
  type HubConnection,
  HubConnectionBuilder,
  HttpTransportType,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { atEnd, type TestHub, token } from '../../support/test-hub';

/** Every way in which a stock client speaks to the hub. */
export const WAYS = (['WebSockets', 'ServerSentEvents', 'LongPolling'] as const)
  .flatMap(
    (transport) => (['json', 'messagepack'] as const).map((protocol) => ({ transport, protocol })),
    // Server-Sent Events carry text alone.
  )
  .filter(({ transport, protocol }) => transport !== 'ServerSentEvents' || protocol === 'json');

export interface Way {
  readonly transport?: 'WebSockets' | 'ServerSentEvents' | 'LongPolling';
  readonly protocol?: 'json' | 'messagepack';
  readonly bearer?: string | (() => string);
  readonly path?: string;
  readonly reconnect?: boolean;
}

/** A stock client that is connected in some way. */
export async function connectBy(hub: TestHub, way: Way = {}): Promise<HubConnection> {
  const { transport = 'WebSockets', protocol = 'json', bearer = token('admin'), path = '/hub' } = way;
  const options: IHttpConnectionOptions = {
    transport: HttpTransportType[transport],
    accessTokenFactory: () => (typeof bearer === 'string' ? bearer : bearer()),
  };
  let builder = new HubConnectionBuilder().withUrl(`${hub.url}${path}`, options).configureLogging(LogLevel.None);
  if (protocol === 'messagepack') builder = builder.withHubProtocol(new MessagePackHubProtocol());
  if (way.reconnect === true) builder = builder.withAutomaticReconnect([0, 10, 50, 200]);
  const connection = builder.build();
  await connection.start();
  atEnd(() => connection.stop());
  return connection;
}

/** Calls until one holds. */
export class Collected<T> {
  readonly all: T[] = [];
  #check: (() => void) | undefined;
  #end: string | undefined;

  /** Nothing more will come. */
  finish(reason: string): void {
    this.#end = reason;
    this.#check?.();
  }

  readonly add = (item: T): void => {
    this.all.push(item);
    this.#check?.();
  };

  async until(holds: (all: T[]) => boolean): Promise<T[]> {
    while (!holds(this.all)) {
      if (this.#end !== undefined) throw new Error(`it ended: ${this.#end}`);
      await new Promise<void>((resolve) => {
        this.#check = resolve;
      });
    }
    return this.all;
  }

  count(count: number): Promise<T[]> {
    return this.until((all) => all.length >= count);
  }
}

/** An item of `ReadEvents`. */
export interface Item {
  readonly type: 'start' | 'event' | 'progress' | 'caught-up';
  readonly topic: string;
  readonly position?: string;
  readonly read?: number;
  readonly id?: string;
  readonly offset?: string;
  readonly streamId?: string;
  readonly timestamp?: number | string;
}

/** A call of a stream of the hub, and what has come of it. */
export class StreamCall<T> extends Collected<T> {
  readonly ended: Promise<Error | undefined>;
  readonly cancel: () => void;

  constructor(connection: HubConnection, method: string, ...args: unknown[]) {
    super();
    let end!: (error: Error | undefined) => void;
    this.ended = new Promise((resolve) => {
      end = (error) => {
        resolve(error);
        this.finish(error?.message ?? 'in good order');
      };
    });
    const subscription = connection.stream<T>(method, ...args).subscribe({
      next: this.add,
      error: end,
      complete: () => {
        end(undefined);
      },
    });
    this.cancel = () => {
      subscription.dispose();
    };
  }
}

/** A call of `ReadEvents`. */
export class Reading extends StreamCall<Item> {
  readonly #ids: string[] = [];
  #looked = 0;

  constructor(connection: HubConnection, ...args: unknown[]) {
    super(connection, 'ReadEvents', ...args);
  }

  /** Of the events, in order; each item is looked at once, as there may be very many. */
  get ids(): readonly string[] {
    for (; this.#looked < this.all.length; this.#looked++) {
      const { type, id } = this.all[this.#looked]!;
      if (type === 'event' && id !== undefined) this.#ids.push(id);
    }
    return this.#ids;
  }

  get types(): string[] {
    return this.all.map(({ type }) => type);
  }

  untilIds(count: number): Promise<Item[]> {
    return this.until(() => this.ids.length >= count);
  }

  untilLive(times = 1): Promise<Item[]> {
    return this.until(() => this.types.filter((type) => type === 'caught-up').length >= times);
  }
}

export const event = (id: string, tags: Record<string, string> = {}): object => ({
  id,
  timestamp: 1,
  value: 'v',
  tags,
});

export async function append(hub: TestHub, topic: string, streamId: string, ...ids: string[]): Promise<void> {
  const path = `/topics/${encodeURIComponent(topic)}/streams/${encodeURIComponent(streamId)}/events/data`;
  const response = await hub.post(
    path,
    ids.map((id) => event(id)),
  );
  if (response.status !== 200) throw new Error(await response.text());
}
