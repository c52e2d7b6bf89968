import { TextWriter } from '../../json/text-writer';
import type { ColumnType } from './column-type';
import type { Column, ColumnDefault } from './schema';
import { TimeText } from './time-text';

/**
 * The value of a column that is added now in the rows that are already stored: its DEFAULT, or else null. `now`:
 * milliseconds since the Unix epoch.
 */
export function fillOf(column: Column, now: number): string | number | bigint | null {
  const { type, default: columnDefault } = column;
  if (columnDefault === undefined) return null;
  if (columnDefault.kind === 'now') return nowText(type, now);
  const { value } = columnDefault;
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) return value.toString();
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The JSON text of a DEFAULT as it is stored in rows. */
export function defaultText(column: Column, columnDefault: ColumnDefault, now: number): string {
  if (columnDefault.kind === 'now') return JSON.stringify(nowText(column.type, now));
  const { value } = columnDefault;
  if (typeof value === 'boolean') return value ? '1' : '0';
  // Arrays and objects are already JSON text.
  if (typeof value === 'string' && isNested(column.type)) return value;
  if (typeof value !== 'bigint') return JSON.stringify(value);
  return BigInt.asIntN(64, value) === value ? value.toString() : `"${value.toString()}"`;
}

/** Whether the values of a type are stored as JSON text. */
export function isNested({ kind }: ColumnType): boolean {
  return kind === 'array' || kind === 'map' || kind === 'json';
}

function nowText(type: ColumnType, now: number): string {
  const time = new TimeText();
  const out = new TextWriter(40);
  time.setMilliseconds(now);
  if (type.kind === 'date') time.writeDate(out);
  else time.writeTime(out, type.kind === 'date_time' ? type.precision : 0);
  return JSON.parse(out.written().toString()) as string;
}
