import type { StoredEvent } from '../store/contract/event-log';
import type { StoredMisfit, StoredRow } from '../store/contract/row-store';
import type { EntryCounts } from './moved-store';

/** The kinds of what topics and data sources hold. */
export type EntryKind = keyof EntryCounts;

/** An event, a package, a row or a quarantined row. */
export interface Entry {
  /** Within a lane the order is kept: the id of a stream, or one of `ROW_LANES`. */
  readonly lane: string;
  readonly kind: EntryKind;
  /** The text that a store takes. */
  readonly text: string;
  /** What makes it the same as another one. */
  readonly content: string;
  /** Nanoseconds since the Unix epoch; of events alone. */
  readonly timestamp?: bigint;
}

/** The lanes of a data source. */
export const ROW_LANES = ['rows', 'quarantine'] as const;

export function eventEntry({ streamId, timestamp, id, value, tags }: StoredEvent): Entry {
  const sent = value === null ? '' : `,"value":${JSON.stringify(value)}`;
  const text = `{"timestamp":${timestamp},"id":${JSON.stringify(id)}${sent}${tags === null ? '' : `,"tags":${tags}`}}`;
  return { lane: streamId, kind: 'events', text, content: text, timestamp };
}

export function rowEntry({ values, rest }: StoredRow): Entry {
  const text = `[${[rest ?? 'null', ...values.map(valueText)].join(',')}]`;
  return { lane: 'rows', kind: 'rows', text, content: text };
}

export function misfitEntry({ raw, columns, reasons, originals }: StoredMisfit): Entry {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
  const text = `["${bytes}",${columns},${reasons},${originals}]`;
  return { lane: 'quarantine', kind: 'quarantinedRows', text, content: text };
}

/** A float has a point or an exponent, so that a column which keeps any value takes it for one. */
function valueText(value: StoredRow['values'][number]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'number') return String(value);
  const digits = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
}
