import { csvLine } from '../exact/csv';
import { formatIso } from '../exact/nanoseconds';
import type { ShownEvent } from './event';

/** The forms in which events are downloaded. */
export const EXPORT_FORMATS = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv;charset=utf-8',
};

const CSV_COLUMNS = ['offset', 'time', 'timestamp', 'streamId', 'id', 'value', 'tags'];

/** An event as JSON text; its timestamp is an integer with all digits, which `JSON.stringify` cannot write. */
export function eventJson({ offset, streamId, timestamp, id, value, tags }: ShownEvent): string {
  const rest = JSON.stringify({ id, value, tags }).slice(1);
  return `{"offset":${JSON.stringify(offset)},"streamId":${JSON.stringify(streamId)},"timestamp":${String(timestamp)},${rest}`;
}

/** Events as a JSON array, one a line. */
export function eventsJson(events: readonly ShownEvent[]): string {
  return events.length === 0 ? '[]' : `[\n  ${events.map(eventJson).join(',\n  ')}\n]`;
}

/** A file of events, piece by piece. */
export function* exported(events: Iterable<ShownEvent>, format: ExportFormat): Generator<string> {
  if (format === 'csv') yield csvLine(CSV_COLUMNS);
  for (const event of events) yield format === 'csv' ? eventCsv(event) : `${eventJson(event)}\n`;
}

function eventCsv({ offset, streamId, timestamp, id, value, tags }: ShownEvent): string {
  const hasTags = Object.keys(tags).length > 0;
  const time = formatIso(timestamp);
  return csvLine([offset, time, String(timestamp), streamId, id, value ?? '', hasTags ? JSON.stringify(tags) : '']);
}
