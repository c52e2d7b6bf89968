import { parseExact, showExact, type ExactValue } from '../../json/exact-value';
import { listOf, membersOf, textOf } from '../members';
import { textTable } from '../text-table';

const NUMBER = /^(?:Nullable\()?(?:U?Int|Float|Decimal)/;

/** A result in the format `JSONCompact` as a table, and how many rows it has; `limit`: so many of them are shown. */
export function resultTable(json: string, limit = Infinity): string {
  const result = membersOf(parseExact(json));
  const columns = listOf(result['meta']).map(({ name = '', type = '' }) => ({
    name: showExact(name),
    isNumber: NUMBER.test(showExact(type)),
  }));
  const data = result['data'];
  const rows = (Array.isArray(data) ? data : []).map((row: ExactValue) =>
    (Array.isArray(row) ? row : []).map((value: ExactValue) => textOf(value) ?? 'NULL'),
  );
  const shown = rows.slice(0, limit);
  const count = `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`;
  const rest = rows.length > shown.length ? `; the first ${shown.length} are shown` : '';
  return `${textTable(columns, shown)}(${count}${rest})\n`;
}
