import type { ScannedRows } from './row-scanner';

/** The response to a sender of rows, as JSON text. */
export function renderRowsAnswer({ rows, quarantine, errors, unknownFields }: ScannedRows): string {
  const counts = `"successful_rows":${rows.count},"quarantined_rows":${quarantine.count}`;
  const reasons = errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors)}`;
  const unknown = unknownFields.length === 0 ? '' : `,"unknown_fields":${JSON.stringify(unknownFields)}`;
  return `{${counts}${reasons}${unknown}}`;
}
