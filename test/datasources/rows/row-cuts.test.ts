import { scanRows } from '../../../src/datasources/rows/row-scanner';
import type { RowBatch } from '../../../src/store/contract/row-store';
import { parseDataSourceFile } from '../../../src/datasources/definition/datasource-file';

const { schema } = parseDataSourceFile('SCHEMA >\n    n Int32', { maxColumns: 10, maxSchemaBytes: 1000 });

/** The rows in each piece of a batch that is divided at every place. */
function pieces({ json, count, cuts = [] }: RowBatch): unknown[][] {
  const bounds = [{ offset: -1, count: 0 }, ...cuts, { offset: json.length, count }];
  return bounds.slice(1).map((end, index) => {
    const start = bounds[index]!;
    const piece = Buffer.from(json.subarray(start.offset + 1, end.offset)).toString();
    const rows = JSON.parse(`[${piece}]`) as unknown[];
    expect(rows).toHaveLength(end.count - start.count);
    return rows;
  });
}

describe('the places at which many rows can be divided', () => {
  it('lie between rows, and between quarantined ones', () => {
    const lines = Array.from({ length: 9000 }, (_, index) => `{"n":${index % 3 === 2 ? '"x"' : index}}`);
    const options = { format: 'ndjson', maxDepth: 8, now: 0 } as const;
    const { rows, quarantine } = scanRows(Buffer.from(lines.join('\n')), schema, options);
    const [fitting, misfits] = [pieces(rows), pieces(quarantine)];
    expect(fitting.flat().slice(0, 3)).toEqual([
      [null, 0],
      [null, 1],
      [null, 3],
    ]);
    expect(fitting.map(({ length }) => length)).toEqual(Array(6).fill(1000));
    expect(misfits.flat()).toHaveLength(3000);
    expect(misfits.length).toBeGreaterThan(3);
  });

  it('are not noted of few', () => {
    const { rows } = scanRows(Buffer.from('{"n":1}\n{"n":2}'), schema, { format: 'ndjson', maxDepth: 8, now: 0 });
    expect(rows).not.toHaveProperty('cuts');
  });
});
