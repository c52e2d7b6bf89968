import { parseDataSourceFile } from '../../../src/datasources/definition/datasource-file';
import { type RowFormat, type ScanOptions, scanRows } from '../../../src/datasources/rows/row-scanner';
import type { Schema } from '../../../src/datasources/schema/schema';
import { WriterHubError } from '../../../src/errors';

/** 2023-11-14 22:13:20.123 UTC. */
export const NOW = 1_700_000_000_123;

/** The result of a scan, with the texts for the store parsed. */
export interface Scanned {
  readonly rows: unknown[][];
  readonly text: string;
  readonly quarantine: QuarantinedText[];
  readonly errors: readonly { row: number; column: string; path: string; error: string }[];
  readonly unknownFields: readonly string[];
}

export interface QuarantinedText {
  readonly raw: Buffer;
  readonly columns: string[];
  readonly reasons: string[];
  readonly originals: (string | null)[];
}

/** The schema made of definitions such as `a Int16`. */
export function schemaOf(...definitions: string[]): Schema {
  return parseDataSourceFile(`SCHEMA >\n${definitions.map((line) => `    ${line}`).join(',\n')}\n`, {
    maxColumns: 1900,
  }).schema;
}

export function scan(body: string | Uint8Array, schema: Schema, options: Partial<ScanOptions> = {}): Scanned {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const scanned = scanRows(bytes, schema, { format: 'ndjson', maxDepth: 64, now: NOW, ...options });
  const text = Buffer.from(scanned.rows.json).toString();
  const rows = JSON.parse(`[${text}]`) as unknown[][];
  const quarantined = JSON.parse(`[${Buffer.from(scanned.quarantine.json).toString()}]`) as [
    string,
    string[],
    string[],
    (string | null)[],
  ][];
  expect(rows).toHaveLength(scanned.rows.count);
  expect(quarantined).toHaveLength(scanned.quarantine.count);
  const quarantine = quarantined.map(([raw, columns, reasons, originals]) => ({
    raw: Buffer.from(raw, 'base64'),
    columns,
    reasons,
    originals,
  }));
  return { rows, text, quarantine, errors: scanned.errors, unknownFields: scanned.unknownFields };
}

/** The text stored for the one value of a row `{"v":…}`. */
export function storedText(type: string, value: string): string {
  const { text, errors } = scan(`{"v":${value}}`, schemaOf(`v ${type}`));
  if (errors[0] !== undefined) throw new Error(errors[0].error);
  return text.slice('[null,'.length, -1);
}

/** Why the one value of a row `{"v":…}` does not fit. */
export function reasonRefused(type: string, value: string | Uint8Array): string {
  const body = Buffer.concat([Buffer.from('{"v":'), Buffer.from(value), Buffer.from('}')]);
  const { rows, errors, quarantine } = scan(body, schemaOf(`v ${type}`));
  expect(rows).toEqual([]);
  expect(quarantine.map(({ raw }) => raw)).toEqual([body]);
  expect(errors.map(({ error }) => error)).toEqual(quarantine[0]!.reasons);
  return quarantine[0]!.reasons.join('; ');
}

/** The error that something throws. */
export function thrown(action: () => unknown): WriterHubError {
  try {
    action();
  } catch (error) {
    if (error instanceof WriterHubError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export function refusal(body: string | Uint8Array, schema: Schema, format: RowFormat = 'ndjson'): WriterHubError {
  return thrown(() => scan(body, schema, { format }));
}
