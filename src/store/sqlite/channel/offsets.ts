import { WriterHubError } from '../../../errors';
import type { Position } from '../../contract/position';
import type { QuarantinedRowId } from '../../contract/row-store';

const DIGITS = /^\d+$/;

/** In this store a position is the offset of the last event before it, in digits; '0' stands before the first one. */
export function toPosition(offset: number): Position {
  return String(offset);
}

/** Throws `invalid_query` for what is not a position of this store. */
export function positionOffset(after: Position): number {
  const offset = parseOffset(after);
  if (offset !== undefined) return offset;
  throw invalid(`after is ${quote(after)}, not a position: take the offset of an event, or the next of a page`);
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
