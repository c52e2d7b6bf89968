import { WriterHubError } from '../errors';
import { excerpt } from '../json/excerpt';
import { JSON_BYTES } from '../json/json-bytes';
import { JsonCursor } from '../json/json-cursor';

/** Deepest nesting in an item. The event service scans the events again, with the limit that is set. */
const MAX_DEPTH = 1000;

const ACCEPTED: Readonly<Record<string, 'streamId' | 'events'>> = {
  streamId: 'streamId',
  StreamId: 'streamId',
  events: 'events',
  Events: 'events',
};

/** One item of an upload: a stream, and the text of its events as it was sent. */
export interface BatchItem {
  readonly streamId: unknown;
  readonly events: Uint8Array;
}

/** Parses an item `{streamId, events}`. Throws `malformed_json` or `invalid_events`. */
export function readBatchItem(text: Uint8Array): BatchItem {
  return new BatchItemReader(text, MAX_DEPTH).read();
}

class BatchItemReader extends JsonCursor {
  read(): BatchItem {
    this.checkUtf8();
    const start = this.skipSpace(0);
    if (this.text[start] !== JSON_BYTES.OPEN_OBJECT) throw invalid('the item is not an object {streamId, events}');
    const members = new Map<string, Buffer>();
    let at = this.skipBracket(start, 1);
    while (this.text[at] !== JSON_BYTES.CLOSE_OBJECT) {
      at = this.#readMember(at, members);
      at = this.skipToSeparator(at, JSON_BYTES.CLOSE_OBJECT);
      if (this.text[at] === JSON_BYTES.CLOSE_OBJECT) break;
      at = this.skipSpace(at + 1);
      if (this.text[at] === JSON_BYTES.CLOSE_OBJECT) this.failExpected(at, 'a property name in quotes');
    }
    this.checkEnd(at + 1);
    const streamId = members.get('streamId');
    const events = members.get('events');
    if (streamId === undefined) throw invalid('the item has no streamId');
    if (events === undefined) throw invalid('the item has no events');
    return { streamId: JSON.parse(streamId.toString()) as unknown, events };
  }

  #readMember(start: number, members: Map<string, Buffer>): number {
    const keyEnd = this.skipString(start);
    const key = this.decode(start, keyEnd);
    const value = this.skipColon(keyEnd);
    const end = this.skipValue(value, 1);
    const name = Object.hasOwn(ACCEPTED, key) ? ACCEPTED[key] : undefined;
    if (name === undefined) throw invalid(`the item has the unknown property ${JSON.stringify(excerpt(key))}`);
    if (members.has(name)) throw invalid(`the item has ${name} twice`);
    members.set(name, this.text.subarray(value, end));
    return end;
  }
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_events', reason);
}
