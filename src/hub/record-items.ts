import { renderEvent, type Timestamps } from '../events/event-json';
import type { FeedEvent } from '../feed/feed-event';
import type { FeedPackage } from '../feed/feed-package';
import type { FeedRecord, Framing } from '../feed/feed-record';
import { renderPackage } from '../parameters/package-json';
import { RawJson } from '../signalr';
import type { Position } from '../store/contract/position';

/** Memory of a text besides its characters, and how often it is held: as text, and once it was sent in MessagePack. */
const TEXT_BYTES = 100;
const COPIES = 2;

/** A form of an event or a row as JSON text that is sent as it is. */
export function rawFraming<R extends FeedRecord>(render: (record: R) => string): Framing<RawJson, R> {
  return {
    make: (record) => new RawJson(render(record)),
    bytes: ({ text }) => TEXT_BYTES + COPIES * text.length,
  };
}

/** What the items of one read of a call have in common. */
export interface ItemShape {
  /** Which of several reads it is; absent when there is but one. */
  readonly read?: number;
  readonly timestamps: Timestamps;
}

/** What is sent between records. */
export type MarkType = 'start' | 'progress' | 'caught-up';

/** Writes the members of an item besides those that all have, as JSON text. */
type WriteMembers<R extends FeedRecord> = (record: R, timestamps: Timestamps) => string;

/** The items of reads of one kind of records. A form is made once for all readers, who share what is made by it. */
export class RecordItems<R extends FeedRecord> {
  readonly #framings = new Map<string, Framing<RawJson, R>>();
  readonly #write: WriteMembers<R>;

  constructor(write: WriteMembers<R>) {
    this.#write = write;
  }

  /** How the records of a read become items. */
  framing({ read, timestamps }: ItemShape): Framing<RawJson, R> {
    const key = `${read ?? ''} ${timestamps}`;
    let framing = this.#framings.get(key);
    if (framing === undefined) {
      const prefix = prefixOf(read);
      framing = rawFraming<R>((record) => `${prefix}${this.#write(record, timestamps)}}`);
      this.#framings.set(key, framing);
    }
    return framing;
  }
}

/** The items of `ReadEvents`. */
export function eventItems(): RecordItems<FeedEvent> {
  return new RecordItems(({ event, topic }, timestamps) => {
    const text = renderEvent(event, true, timestamps);
    return `"type":"event","topic":${JSON.stringify(topic)},${text.slice(1, -1)}`;
  });
}

/** The items of `ReadParameters`. */
export function parameterItems(): RecordItems<FeedPackage> {
  return new RecordItems(({ topic, position, streamId, content }, timestamps) => {
    const where = JSON.stringify({ type: 'parameters', topic, offset: position, streamId }).slice(1, -1);
    return `${where},${renderPackage(content, timestamps)}`;
  });
}

/** An item that says how far a reader is. */
export function mark(type: MarkType, topic: string, position: Position, read: number | undefined): RawJson {
  return new RawJson(`${prefixOf(read)}"type":"${type}",${JSON.stringify({ topic, position }).slice(1)}`);
}

function prefixOf(read: number | undefined): string {
  return read === undefined ? '{' : `{"read":${read},`;
}
