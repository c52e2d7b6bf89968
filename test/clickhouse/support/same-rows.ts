/** Floating-point numbers may be added up in another order. */
const TOLERANCE = 1e-9;

/**
 * What is different between two results, `undefined` if nothing is: rows of tab-separated values here, and there behind
 * lines with the names and the types. Numbers are compared exactly, but for floating-point ones; times as instants.
 */
export function sameRows(here: string, there: string, inOrder: boolean): string | undefined {
  const [, types = '', ...theirs] = lines(there);
  const kinds = types.split('\t');
  const normal = (row: string): string =>
    row
      .split('\t')
      .map((value, index) => normalValue(value, kinds[index] ?? ''))
      .join('\t');
  const ours = lines(here).map(normal);
  const expected = theirs.map(normal);
  if (!inOrder) {
    ours.sort();
    expected.sort();
  }
  if (ours.length !== expected.length) return `${ours.length} rows, not ${expected.length}: ${types}`;
  const index = ours.findIndex((row, at) => !sameRow(row, expected[at]!, kinds));
  return index < 0 ? undefined : `${ours[index]!} instead of ${expected[index]!} (${types})`;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function normalValue(value: string, type: string): string {
  // There is no NaN in SQLite.
  if (value === 'nan' || value === '-nan') return String.raw`\N`;
  // A day is its midnight: `coalesce` of a day and a time is a day or a time.
  if (type.includes('Date'))
    return value
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
      .replace(/ 00:00:00$/, '');
  if (type.includes('Bool') || type.includes('UInt8')) return value === 'true' ? '1' : value === 'false' ? '0' : value;
  if (type.includes('Float')) return value === String.raw`\N` ? value : String(Number(Number(value).toPrecision(9)));
  if (/Int|Decimal/.test(type)) return decimal(value);
  return value;
}

/** A decimal number without zeros that say nothing. */
function decimal(value: string): string {
  const plain = value.includes('.') ? value.replace(/0+$/, '').replace(/\.$/, '') : value;
  return plain === '-0' ? '0' : plain;
}

function sameRow(ours: string, theirs: string, kinds: readonly string[]): boolean {
  const expected = theirs.split('\t');
  return ours.split('\t').every((value, index) => {
    const other = expected[index];
    if (value === other) return true;
    if (!(kinds[index] ?? '').includes('Float')) return false;
    const [a, b] = [Number(value), Number(other)];
    return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), 1);
  });
}
