import { renderEvent, type Timestamps } from '../events/event-json';
import type { FeedEvent } from '../feed/feed-event';
import type { FeedRecord, Framing } from '../feed/feed-record';
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

/** What is sent between events. */
export type MarkType = 'start' | 'progress' | 'caught-up';

/** The items of `ReadEvents`. A form is made once for all readers, so that they share what is made by it. */
export class EventItems {
  readonly #framings = new Map<string, Framing<RawJson, FeedEvent>>();

  /** How the events of a read become items. */
  framing({ read, timestamps }: ItemShape): Framing<RawJson, FeedEvent> {
    const key = `${read ?? ''} ${timestamps}`;
    let framing = this.#framings.get(key);
    if (framing === undefined) {
      const prefix = prefixOf(read);
      framing = rawFraming<FeedEvent>(({ event, topic }) => {
        const text = renderEvent(event, true, timestamps);
        return `${prefix}"type":"event","topic":${JSON.stringify(topic)},${text.slice(1)}`;
      });
      this.#framings.set(key, framing);
    }
    return framing;
  }
}

/** An item that says how far a reader is. */
export function mark(type: MarkType, topic: string, position: Position, read: number | undefined): RawJson {
  return new RawJson(`${prefixOf(read)}"type":"${type}",${JSON.stringify({ topic, position }).slice(1)}`);
}

function prefixOf(read: number | undefined): string {
  return read === undefined ? '{' : `{"read":${read},`;
}
