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
export function renderRecordPage(page: RecordPage, lines: boolean): Promise<Uint8Array[]> {
  return renderPieces(lines ? linesOf(page) : listOf(page));
}

/** A text that is made piece by piece, as bytes. */
export async function renderPieces(pieces: Iterable<string>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let text = '';
  for (const piece of pieces) {
    if (text.length >= SLICE_CHARACTERS) {
      chunks.push(Buffer.from(text));
      text = '';
      await setImmediate();
    }
    text += piece;
  }
  chunks.push(Buffer.from(text));
  return chunks;
}

function* linesOf({ texts }: RecordPage): Iterable<string> {
  for (const record of texts) yield `${record}\n`;
}

function* listOf({ name, texts, position, more }: RecordPage): Iterable<string> {
  let before = `{"${name}":[`;
  for (const record of texts) {
    yield before + record;
    before = ',';
  }
  const start = before === ',' ? '' : before;
  yield `${start}],"next":${more ? JSON.stringify(position) : 'null'}}`;
}
