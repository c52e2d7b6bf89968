import { WriterHubError } from '../../../errors';
import { JsonDocument, JsonLines } from './json';
import { PrettyCompact } from './pretty-compact';
import type { FormatOptions, ResultText } from './result-format';
import { SeparatedLines, csv, tsv } from './separated';

/** A form a result may be asked for in. */
export interface SqlFormat {
  readonly names: readonly string[];
  readonly contentType: string;
  write(options: FormatOptions): ResultText;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const LINES_TYPE = 'application/x-ndjson; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8';
const TSV_TYPE = 'text/tab-separated-values; charset=utf-8';

/** The formats there are, under ClickHouse's names for them. */
const formats: readonly SqlFormat[] = [
  { names: ['JSON'], contentType: JSON_TYPE, write: (options) => new JsonDocument(options, 'object') },
  { names: ['JSONCompact'], contentType: JSON_TYPE, write: (options) => new JsonDocument(options, 'array') },
  {
    names: ['JSONEachRow', 'JSONLines', 'NDJSON'],
    contentType: LINES_TYPE,
    write: (options) => new JsonLines(options, 'object'),
  },
  { names: ['JSONCompactEachRow'], contentType: LINES_TYPE, write: (options) => new JsonLines(options, 'array') },
  {
    names: ['CSV'],
    contentType: `${CSV_TYPE}; header=absent`,
    write: (options) => new SeparatedLines(options, csv, false),
  },
  {
    names: ['CSVWithNames'],
    contentType: `${CSV_TYPE}; header=present`,
    write: (options) => new SeparatedLines(options, csv, true),
  },
  {
    names: ['TSV', 'TabSeparated'],
    contentType: TSV_TYPE,
    write: (options) => new SeparatedLines(options, tsv, false),
  },
  {
    names: ['TSVWithNames', 'TabSeparatedWithNames'],
    contentType: TSV_TYPE,
    write: (options) => new SeparatedLines(options, tsv, true),
  },
  {
    names: ['PrettyCompact', 'Pretty'],
    contentType: 'text/plain; charset=utf-8',
    write: (options) => new PrettyCompact(options),
  },
];

const byName = new Map(formats.flatMap((format) => format.names.map((name) => [name.toLowerCase(), format] as const)));

/** The format of this name, in any case. Throws `invalid_sql`, naming those there are. */
export function formatNamed(name: string): SqlFormat {
  const format = byName.get(name.toLowerCase());
  if (format !== undefined) return format;
  const known = formats.map(({ names }) => names[0]).join(', ');
  throw new WriterHubError(
    'invalid_sql',
    `there is no format ${JSON.stringify(name.slice(0, 40))}; there are ${known}`,
  );
}
