import * as fc from 'fast-check';
import { ClickHouse, missing } from './support/clickhouse';
import { queries } from './support/generated-queries';
import { sameRows } from './support/same-rows';
import { GeneratedTable } from './support/generated-table';

/** What ClickHouse says NULL to instead of 0 or an empty text: SQL's own rule, as docs/events-api.md says. */
const SETTINGS =
  'SETTINGS join_use_nulls = 1, aggregate_functions_null_for_empty = 1, cast_keep_nullable = 1, output_format_decimal_trailing_zeros = 0';

const RUNS = Number(process.env['RUNS'] ?? 600);

const MISSING = missing();
if (MISSING !== undefined) process.stdout.write(`not run: ${MISSING}\n`);
const suite = MISSING === undefined ? describe : describe.skip;

suite('a query of /v0/sql', () => {
  let clickHouse: ClickHouse;
  let table: GeneratedTable;

  beforeAll(async () => {
    clickHouse = new ClickHouse();
    table = await GeneratedTable.make(clickHouse);
  });

  afterAll(async () => {
    await table.close();
    await clickHouse.close();
  });

  it('gives what it gives on ClickHouse, or is refused', async () => {
    const counts = { same: 0, refused: 0, clickHouseRefuses: 0 };
    const refusals = new Map<string, number>();
    const property = fc.asyncProperty(queries, async (query) => {
      const here = await table.ask(query);
      if (here.error !== undefined) {
        counts.refused += 1;
        refusals.set(here.error, (refusals.get(here.error) ?? 0) + 1);
        return;
      }
      const there = await clickHouse.ask(`${query} ${SETTINGS}`);
      if (there.text === undefined) {
        counts.clickHouseRefuses += 1;
        return;
      }
      counts.same += 1;
      expect({ query, difference: sameRows(here.text ?? '', there.text, / ORDER BY .*, k/.test(query)) }).toEqual({
        query,
        difference: undefined,
      });
    });
    await fc.assert(property, { numRuns: RUNS });
    if (process.env['SHOW'] !== undefined)
      process.stdout.write(`${JSON.stringify([counts, [...refusals]], null, 1)}\n`);
    // Most of what is generated is answered by both.
    expect(counts.same).toBeGreaterThan(RUNS / 4);
  });
});
