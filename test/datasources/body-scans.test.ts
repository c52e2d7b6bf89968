import { BodyScans } from '../../src/datasources/body-scans';
import type { DataSource } from '../../src/datasources/data-source';
import type { RowScanWork, RowWork } from '../../src/datasources/row-work';
import { scanRows } from '../../src/datasources/rows/row-scanner';
import { inferSchema } from '../../src/datasources/inference/inference';
import { schemaOf } from './support/scanning';

const posted = (body: string) => ({
  body: Buffer.from(body),
  format: 'ndjson' as const,
  idempotencyKey: undefined,
  holder: 'h',
  sender: 'h',
});

/** Scans whose clock goes on by so many milliseconds at each look, and what was done elsewhere. */
function setUp(pace: number): { readonly scans: BodyScans; readonly elsewhere: string[] } {
  const elsewhere: string[] = [];
  const work = {
    scanRows({ body, schema, options }: RowScanWork) {
      elsewhere.push('scan');
      return Promise.resolve({ scanned: scanRows(body, schema, options), body, fingerprint: undefined });
    },
    inferSchema({ body, options }: Parameters<RowWork['inferSchema']>[0]) {
      elsewhere.push('inference');
      return Promise.resolve({ schema: inferSchema(body, options), body });
    },
  } as unknown as RowWork;
  let now = 0;
  const scans = new BodyScans({
    maxDepth: 64,
    maxColumns: 500,
    maxSchemaBytes: 100_000,
    maxQuarantinedRows: 100_000,
    maxRereads: 8,
    now: () => 0,
    work,
    clock: () => (now += pace),
  });
  return { scans, elsewhere };
}

const source = { schema: schemaOf('a Int64'), noteUnknownFields: () => undefined } as unknown as DataSource;
const ROWS = '{"a":1}\n'.repeat(1000);

describe('BodyScans', () => {
  it.each([
    ['rows', ROWS, { rows: { count: 1000 }, quarantine: { count: 0 } }],
    ['rows that do not fit', '{}\n'.repeat(1000), { rows: { count: 0 }, quarantine: { count: 1000 } }],
  ])('has a body checked elsewhere that takes long although it is short: %s', async (_, body, scanned) => {
    const { scans, elsewhere } = setUp(1);
    expect(scans.scanHere(posted(body), source)).toBeUndefined();
    expect(await scans.scan(posted(body), source)).toMatchObject({ scanned });
    expect(elsewhere).toEqual(['scan']);
  });

  it('has a schema inferred elsewhere when that takes long', async () => {
    const { scans, elsewhere } = setUp(1);
    expect(await scans.infer(posted(ROWS))).toMatchObject({ columns: [{ name: 'a' }] });
    expect(elsewhere).toEqual(['inference']);
  });

  it('checks what takes little time here', async () => {
    const { scans, elsewhere } = setUp(0.01);
    expect(await scans.scan(posted(ROWS), source)).toMatchObject({ scanned: { rows: { count: 1000 } } });
    expect(await scans.infer(posted(ROWS))).toMatchObject({ columns: [{ name: 'a' }] });
    expect(elsewhere).toEqual([]);
  });

  it('says what is wrong with a body, wherever it is checked', async () => {
    for (const pace of [0.01, 1]) {
      const { scans } = setUp(pace);
      await expect(scans.scan(posted('x\n'.repeat(2000)), source)).rejects.toMatchObject({ code: 'malformed_json' });
      await expect(scans.infer(posted('x\n'.repeat(2000)))).rejects.toMatchObject({ code: 'malformed_json' });
    }
  });
});
