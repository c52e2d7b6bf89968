import { showExact, type ExactValue } from '../json/exact-value';

/** The members of a JSON object, whose numbers are texts with all their digits. */
export type Members = Readonly<Record<string, ExactValue>>;

/** The members of a value; none, if it is no object. */
export function membersOf(value: ExactValue | undefined): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** The objects of a list; none, if it is no list. */
export function listOf(value: ExactValue | undefined): Members[] {
  return Array.isArray(value) ? value.map(membersOf) : [];
}

/** A text or a number as it is read; `undefined` for what is not there, or null. */
export function textOf(value: ExactValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : showExact(value);
}
