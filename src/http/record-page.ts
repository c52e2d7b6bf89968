import { setImmediate } from 'node:timers/promises';
import type { Position } from '../store/contract/position';

/** How many characters of records are rendered at a time: other callers are served in between. */
const SLICE_CHARACTERS = 64 * 1024;

/** A page of events or rows. */
export interface RecordPage {
  /** What an object calls the list of them. */
  readonly name: 'events' | 'rows';
  /** The text of each, made when it is asked for. */
  readonly texts: Iterable<string>;
  readonly position: Position;
  readonly more: boolean;
}

/** The text of a page, in pieces: `{"events": […], "next": …}`, or one a line. */
export async function renderRecordPage(
  { name, texts, position, more }: RecordPage,
  lines: boolean,
): Promise<Uint8Array[]> {
  const [start, between] = lines ? ['', '\n'] : [`{"${name}":[`, ','];
  const chunks: Uint8Array[] = [];
  let text = start;
  let isEmpty = true;
  for (const record of texts) {
    if (text.length >= SLICE_CHARACTERS) {
      chunks.push(Buffer.from(text));
      text = '';
      await setImmediate();
    }
    text += (isEmpty ? '' : between) + record;
    isEmpty = false;
  }
  if (lines) text += isEmpty ? '' : '\n';
  else text += `],"next":${more ? JSON.stringify(position) : 'null'}}`;
  chunks.push(Buffer.from(text));
  return chunks;
}
