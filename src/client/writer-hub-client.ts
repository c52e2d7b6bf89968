import { EventReader, type ReaderOptions } from './event-reader';
import { HubError } from './hub-error';
import { HubLink, type LinkOptions } from './hub-link';
import { NanosecondClock } from './nanosecond-clock';
import type { WireEvent } from './offline-store';
import type { ReadFilter, ReadQuery } from './read-query';
import { Sender, type SenderOptions } from './sender';

/** An event to be sent. */
export interface NewEvent {
  /** What kind of event it is. */
  readonly id: string;
  /** Nanoseconds since 1970; now, if it is left out. */
  readonly timestamp?: bigint | undefined;
  readonly value?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface ClientOptions extends LinkOptions, SenderOptions {}

/** Sends events to a Writer hub and reads them, over one connection that is made again whenever it is lost. */
export class WriterHubClient {
  readonly #clock = new NanosecondClock();
  readonly #link: HubLink;
  readonly #sender: Sender;

  /** Nothing is connected before something is sent or read. */
  constructor(options: ClientOptions) {
    this.#link = new HubLink(options);
    this.#sender = new Sender(this.#link, options);
  }

  /** Nanoseconds since 1970, more with each call. */
  now(): bigint {
    return this.#clock.now();
  }

  /**
   * Resolves when the events are on the server's disk, however often it takes to get them there; they are stored once,
   * all or none, and in the order of calls. Rejects with a `HubError` when they are refused for good.
   */
  async send(topic: string, streamId: string, events: NewEvent | readonly NewEvent[]): Promise<void> {
    const list = Array.isArray(events) ? (events as readonly NewEvent[]) : [events as NewEvent];
    await this.#sender.send(
      topic,
      streamId,
      list.map((event, index) => this.#onWire(event, index)),
    );
  }

  /** Reads events of a topic, or of several on one stream of the hub: stored ones first, then what comes. */
  read(topic: string, options?: ReadFilter & ReaderOptions): EventReader;
  read(queries: readonly ReadQuery[], options?: ReaderOptions): EventReader;
  read(what: string | readonly ReadQuery[], options: ReadFilter & ReaderOptions = {}): EventReader {
    const queries = typeof what === 'string' ? [{ ...options, topic: what }] : what;
    return new EventReader(this.#link, queries, options);
  }

  /** Resolves when all that was sent so far is stored or refused. */
  flush(): Promise<void> {
    return this.#sender.flush();
  }

  /** Ends everything at once: what waits is rejected with `closed`, but stays in the offline store. */
  async close(): Promise<void> {
    const saved = this.#sender.close();
    this.#link.close();
    await saved;
  }

  #onWire(event: unknown, index: number): WireEvent {
    const { id, timestamp = this.now(), value, tags, ...others } = Object(event) as NewEvent;
    const [other] = Object.keys(others);
    if (event !== Object(event)) throw new HubError(`invalid_events: events[${index}] is ${String(event)}`);
    if (other !== undefined) throw new HubError(`invalid_events: events[${index}].${other} is unknown`);
    return { id, timestamp: String(timestamp), value, ...(tags && { tags: { ...tags } }) };
  }
}
