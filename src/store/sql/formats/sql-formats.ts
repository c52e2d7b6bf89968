import { WriterHubError } from '../../../errors';
import { JsonDocument, JsonLines } from './json';
import { PrettyCompact } from './pretty-compact';
import type { FormatOptions, ResultText } from './result-format';
import { SeparatedLines, CSV, TSV } from './separated';

/** A format of results. */
export interface SqlFormat {
  /** Names in a `FORMAT` clause, the usual one first. */
  readonly names: readonly string[];
  readonly contentType: string;
  /** Makes the writer of one result. */
  create(options: FormatOptions): ResultText;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const LINES_TYPE = 'application/x-ndjson; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8';
const TSV_TYPE = 'text/tab-separated-values; charset=utf-8';

/** The formats, under ClickHouse's names. */
const FORMATS: readonly SqlFormat[] = [
  { names: ['JSON'], contentType: JSON_TYPE, create: (options) => new JsonDocument(options, 'object') },
  { names: ['JSONCompact'], contentType: JSON_TYPE, create: (options) => new JsonDocument(options, 'array') },
  {
    names: ['JSONEachRow', 'JSONLines', 'NDJSON'],
    contentType: LINES_TYPE,
    create: (options) => new JsonLines(options, 'object'),
  },
  { names: ['JSONCompactEachRow'], contentType: LINES_TYPE, create: (options) => new JsonLines(options, 'array') },
  {
    names: ['CSV'],
    contentType: `${CSV_TYPE}; header=absent`,
    create: (options) => new SeparatedLines(options, CSV, false),
  },
  {
    names: ['CSVWithNames'],
    contentType: `${CSV_TYPE}; header=present`,
    create: (options) => new SeparatedLines(options, CSV, true),
  },
  {
    names: ['TSV', 'TabSeparated'],
    contentType: TSV_TYPE,
    create: (options) => new SeparatedLines(options, TSV, false),
  },
  {
    names: ['TSVWithNames', 'TabSeparatedWithNames'],
    contentType: TSV_TYPE,
    create: (options) => new SeparatedLines(options, TSV, true),
  },
  {
    names: ['PrettyCompact', 'Pretty'],
    contentType: 'text/plain; charset=utf-8',
    create: (options) => new PrettyCompact(options),
  },
];

/** The names of the formats, other names of one behind its usual one. */
export const FORMAT_NAMES: readonly string[] = FORMATS.flatMap(({ names }) => names);

const FORMATS_BY_NAME = new Map(
  FORMATS.flatMap((format) => format.names.map((name) => [name.toLowerCase(), format] as const)),
);

/** The format of this name in any case. Throws `invalid_sql`, which lists the names. */
export function findFormat(name: string): SqlFormat {
  const format = FORMATS_BY_NAME.get(name.toLowerCase());
  if (format !== undefined) return format;
  const asked = JSON.stringify(name.slice(0, 40));
  throw new WriterHubError('invalid_sql', `there is no format ${asked}; there are ${FORMAT_NAMES.join(', ')}`);
}
