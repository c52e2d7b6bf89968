import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Change } from '../sqlite/channel/messages';
import type { StatePart, TopicState } from '../sqlite/channel/topic-state';
import type { StoredRecord } from './log-cluster';
import { fromRecord, HEADER, STATE_FORMAT, textsOf } from './log-record';

/** A part of a state has so many bytes of base64 at the most. */
const MOST_TEXT = 512 * 1024;

type PartChange = Extract<Change, { readonly kind: 'state_part' }>;

/** The state of a topic as changes for its log, each of which fits into a record of so many bytes. */
export function toParts(topic: string, { bytes, ...cut }: TopicState, maxRecordBytes: number): PartChange[] {
  // Base64 has four letters for three bytes, and there is more in a record than these.
  const size = 3 * Math.max(1, Math.floor(Math.min(MOST_TEXT, maxRecordBytes / 2) / 4));
  const count = Math.max(1, Math.ceil(bytes.length / size));
  const id = randomBytes(9).toString('base64url');
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => ({
    ...{ kind: 'state_part', topic, id, index, count, ...cut, statedBytes: bytes.length },
    text: all.toString('base64', index * size, (index + 1) * size),
  }));
}

/** The part of a state that a record of a topic is; `undefined`: it is something else. Throws `ForeignRecord`. */
export function partOf(record: StoredRecord, topic: string): StatePart | undefined {
  const texts = textsOf(record);
  if (texts.get(HEADER.format) !== STATE_FORMAT) return undefined;
  const { write } = fromRecord(record, topic, texts);
  return write.kind === 'change' && write.change.kind === 'state_part' ? write.change : undefined;
}

/** The parts of states that have come of a log. */
export class StateParts {
  readonly #texts = new Map<string, string[]>();

  /** Adds a part, which may have come before; gives the whole state with the last one. */
  add({ id, index, count, text }: StatePart): readonly string[] | undefined {
    const texts = this.#texts.get(id) ?? [];
    this.#texts.set(id, texts);
    if (index !== texts.length) return undefined;
    texts.push(text);
    return texts.length === count ? texts : undefined;
  }
}

/** The lines of a state that came in parts. Rejects when they are none. */
export function linesOf(texts: readonly string[]): Promise<Uint8Array> {
  return promisify(gunzip)(Buffer.concat(texts.map((text) => Buffer.from(text, 'base64'))));
}

/** What a view is told of a change: a part of a state that it knows has no text. */
export function toldOf(change: Change): Change {
  return change.kind === 'state_part' ? { ...change, text: '' } : change;
}
