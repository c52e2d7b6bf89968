import { WriterHubError } from '../../../errors';
import { type Position, refusedPosition } from '../../contract/position';
import type { QuarantinedRowId } from '../../contract/row-store';
import type { RowsPart } from '../../contract/row-store';
import type { Place } from './reader-messages';

const DIGITS = /^\d+$/;
const PLACE = /^(?:g([1-9]\d*)-)?(\d+)$/;

/**
 * In this store a position is the offset of the last event before it, in digits; '0' stands before the first one. With
 * a topic whose name another had before, `g`, the generation and `-` stand in front.
 */
export function toPosition(offset: number, generation: number): Position {
  return generation === 0 ? String(offset) : `g${generation}-${offset}`;
}

/** Throws `invalid_query` for what is not a position of this store. */
export function toPlace(after: Position): Place {
  const [, generation = '0', digits = ''] = PLACE.exec(after) ?? [];
  const place = { offset: parseOffset(digits), generation: parseOffset(generation) };
  if (place.offset !== undefined && place.generation !== undefined) return place as Place;
  throw refusedPosition(after, 'is not a position: take the offset of an event, or the next of a page');
}

/** Whether a position of a topic lies before another one of it. Throws as `toPlace`. */
export function isBefore(one: Position, other: Position): boolean {
  const [a, b] = [toPlace(one), toPlace(other)];
  return a.generation === b.generation ? a.offset < b.offset : a.generation < b.generation;
}

/** Before the positions of a quarantine, so that one of rows is not taken for one of them. */
const QUARANTINE_SIGN = 'q';

/** A position in the rows of a data source, or in its quarantine. */
export function toRowPosition(part: RowsPart, offset: number, generation: number): Position {
  const position = toPosition(offset, generation);
  return part === 'rows' ? position : `${QUARANTINE_SIGN}${position}`;
}

/** Throws `invalid_query` for what is not a position of that part in this store. */
export function toRowPlace(part: RowsPart, position: Position): Place {
  if (part === 'rows') return toPlace(position);
  if (position.startsWith(QUARANTINE_SIGN)) return toPlace(position.slice(QUARANTINE_SIGN.length));
  throw refusedPosition(position, 'is not a position of a quarantine: take the offset of a quarantined row');
}

/** In this store a quarantined row is named by its offset in the quarantine, in digits. */
export function toRowId(offset: number): QuarantinedRowId {
  return String(offset);
}

/** Throws `invalid_query` for what is not an id of this store. */
export function rowOffset(id: QuarantinedRowId): number {
  const offset = parseOffset(id);
  if (offset !== undefined) return offset;
  throw invalid(`${quote(id)} is not the id of a quarantined row`);
}

function parseOffset(text: string): number | undefined {
  const offset = DIGITS.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(offset) ? offset : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function invalid(message: string): WriterHubError {
  return new WriterHubError('invalid_query', message);
}
