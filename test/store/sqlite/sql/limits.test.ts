import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { openSql, column } from './support/sql-store';

const ENDLESS = 'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t';

const numbers = (count: number): string =>
  `WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < ${count}) SELECT x FROM t`;

/** Tables that are each twice as large as the one before, once SQLite has put them together. */
const doubling = Array.from({ length: 40 }, (_, index) => `t${index + 1} AS (SELECT * FROM t${index}, t${index} AS u)`);

describe('SqliteSqlEngine.query within its limits', () => {
  it.each([
    ['counts without end', ENDLESS],
    [
      'joins a data source with itself often',
      `SELECT count(*) FROM ${'abcdefghij'
        .split('')
        .map((name) => `shop AS ${name}`)
        .join(', ')}`,
    ],
    [
      'keeps apart what it has seen',
      `WITH t(x) AS (VALUES (1), (2), (3)) SELECT DISTINCT 1 FROM ${Array.from({ length: 40 }, (_, index) => `t AS t${index}`).join(', ')}`,
    ],
    [
      'makes a text anew again and again',
      "SELECT length(replace(printf('%9000000d', x), ' ', 'y')) FROM (WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x FROM t) WHERE x < 0",
    ],
  ])('stops a query that %s', async (_what, text) => {
    const sql = await openSql({ timeout: 700 });
    await sql.addRows('shop', [column('item')], ...Array.from({ length: 200 }, (_, index) => `"${index}"`));
    await expect(sql.ask(text)).rejects.toMatchObject({
      code: 'query_timeout',
      message: 'the query took longer than 700 ms and was stopped',
    });
    expect(await sql.rows('SELECT count(*) FROM shop')).toEqual(['[200]']);
  });

  it.each([
    [
      'doubles a text',
      "WITH RECURSIVE t(x) AS (SELECT 'abcdefgh' UNION ALL SELECT x || x FROM t) SELECT length(x) FROM t LIMIT 1 OFFSET 40",
    ],
    [
      'joins texts into one',
      "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT group_concat(x || '                       ') FROM t",
    ],
    [
      'gathers an array',
      'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT json_group_array(x) FROM t',
    ],
    ['prints a number very wide', "SELECT length(printf('%900000000d', 1)) + length(printf('%900000000d', 2))"],
    [
      'sorts very many rows',
      'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x FROM t ORDER BY -x',
    ],
    [
      'keeps very many rows apart',
      'WITH RECURSIVE t(x) AS (SELECT 1 UNION SELECT x + 1 FROM t) SELECT x FROM t LIMIT 1 OFFSET 1000000000',
    ],
    ['compiles into ever more', `WITH t0 AS (SELECT 1 AS a), ${doubling.join(', ')} SELECT count(*) FROM t40`],
  ])(
    'refuses a query that %s, and no more memory than allowed is taken for long',
    async (_what, text) => {
      const sql = await openSql({
        timeout: 40_000,
        maxMemoryBytes: 48 * 1024 * 1024,
        maxTemporaryBytes: 48 * 1024 * 1024,
      });
      await expect(sql.ask(text)).rejects.toMatchObject({ code: 'invalid_sql' });
      expect(await sql.rows('SELECT 1')).toEqual(['[1]']);
    },
    60_000,
  );

  it('says that it was memory', async () => {
    const sql = await openSql({ maxMemoryBytes: 32 * 1024 * 1024 });
    const text =
      "WITH RECURSIVE t(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM t) SELECT length(x) FROM t LIMIT 1 OFFSET 40";
    await expect(sql.ask(text)).rejects.toMatchObject({
      message: 'the query needs more than 33554432 bytes of memory (WRITER_HUB_MAX_SQL_MEMORY_BYTES)',
    });
  });

  it('sorts more than fits into its memory, in temporary files of which nothing is left', async () => {
    const sorted = `SELECT max(x) FROM (${numbers(600_000)} ORDER BY -x LIMIT 500000)`;
    const maxMemoryBytes = 32 * 1024 * 1024;
    const without = await openSql({ maxMemoryBytes, maxTemporaryBytes: 1024 * 1024 });
    await expect(without.ask(sorted)).rejects.toMatchObject({ code: 'invalid_sql' });
    const sql = await openSql({ maxMemoryBytes });
    expect(await sql.rows(sorted)).toEqual(['[600000]']);
    expect(readdirSync(join(sql.directory, 'sql-temp'))).toEqual([]);
  });

  it('says which option bounds the temporary files, and gives their room back', async () => {
    const sql = await openSql({ maxTemporaryBytes: 8 * 1024 * 1024 });
    await expect(sql.ask(`${numbers(100_000_000)} ORDER BY -x`)).rejects.toMatchObject({
      code: 'invalid_sql',
      message: 'the query needs more than 8388608 bytes of temporary files (WRITER_HUB_MAX_SQL_TEMP_BYTES)',
    });
    expect(readdirSync(join(sql.directory, 'sql-temp'))).toEqual([]);
    expect(await sql.rows('SELECT 1')).toEqual(['[1]']);
  });

  it('gives as many rows as it may, and not one more', async () => {
    const sql = await openSql({ maxResultRows: 1000 });
    expect(await sql.rows(numbers(1000))).toHaveLength(1000);
    await expect(sql.ask(numbers(1001))).rejects.toMatchObject({
      code: 'result_too_large',
      message: 'the result has more than 1000 rows, which is the most it may have; ask for less, with LIMIT',
    });
  });

  it('gives as many bytes as it may, and not one more', async () => {
    const sql = await openSql({ maxResultBytes: 200_000, maxResultRows: 1_000_000 });
    // Each row is `"…"` and the end of a line.
    const text = (length: number): string => `SELECT printf('%${length}d', 1) || '' AS t FORMAT CSV`;
    expect(await sql.ask(text(199_997))).toHaveLength(200_000);
    await expect(sql.ask(text(199_998))).rejects.toMatchObject({ code: 'result_too_large' });
    await expect(sql.ask(`${numbers(100_000)} FORMAT JSONEachRow`)).rejects.toMatchObject({
      code: 'result_too_large',
      message: 'the result has more than 200000 bytes, which is the most it may have; ask for less, with LIMIT',
    });
    const small = await openSql({ maxResultBytes: 100 });
    await expect(small.ask('SELECT 1 FORMAT JSON')).rejects.toMatchObject({ code: 'result_too_large' });
  });

  it('takes a text of so many bytes, and not of one more', async () => {
    const sql = await openSql({ maxTextBytes: 64 });
    expect(await sql.ask(`SELECT 1 /*${'é'.repeat(18)}*/ FORMAT TSV`)).toBe('1\n');
    await expect(sql.ask(`SELECT '${'é'.repeat(28)}'`)).rejects.toMatchObject({
      code: 'invalid_sql',
      message: 'the text of the query is over 64 bytes',
    });
  });

  it('refuses a query when 100 wait already', async () => {
    const sql = await openSql();
    const queries = [
      sql.ask(ENDLESS),
      ...Array.from({ length: 100 }, (_, index) => sql.ask('SELECT 1', { holder: `holder ${index}` })),
    ];
    const ended = queries.map((query) => expect(query).rejects.toMatchObject({ code: 'store_unavailable' }));
    await expect(sql.ask('SELECT 1')).rejects.toMatchObject({
      code: 'store_busy',
      message: '100 queries wait already; try again in a second',
    });
    await sql.engine.close();
    await Promise.all(ended);
  });

  it('refuses a query of a holder that has its share of those that wait, and not one of another', async () => {
    const sql = await openSql();
    const queries = [sql.ask(ENDLESS), ...Array.from({ length: 75 }, () => sql.ask('SELECT 1'))];
    const ended = queries.map((query) => expect(query).rejects.toMatchObject({ code: 'store_unavailable' }));
    await expect(sql.ask('SELECT 1')).rejects.toMatchObject({ code: 'over_share' });
    ended.push(expect(sql.ask('SELECT 1', { holder: 'another' })).rejects.toMatchObject({ code: 'store_unavailable' }));
    await sql.engine.close();
    await Promise.all(ended);
  });

  it('leaves another holder a process while one uses all it may', async () => {
    const sql = await openSql({ processes: 2, timeout: 60_000 });
    const greedy = [sql.ask(ENDLESS), sql.ask(ENDLESS)];
    const ended = greedy.map((query) => expect(query).rejects.toMatchObject({ code: 'store_unavailable' }));
    expect(await sql.rows('SELECT 1', { holder: 'another' })).toEqual(['[1]']);
    await sql.engine.close();
    await Promise.all(ended);
  });

  it('refuses a query that has waited as long as one may run', async () => {
    const sql = await openSql({ timeout: 300 });
    // Its time begins to run when its process has started, which is after that of the query behind it.
    const running = expect(sql.ask(ENDLESS)).rejects.toMatchObject({ code: 'query_timeout' });
    await expect(sql.ask('SELECT 1')).rejects.toMatchObject({
      code: 'store_busy',
      message: 'the query waited 300 ms for others to end; try again in a second',
    });
    await running;
  });

  it('lets a stopped query disturb nobody who writes, reads or asks', async () => {
    const sql = await openSql({ processes: 3, timeout: 1500 });
    await send(sql.store, 's', batchAt(1));
    const stopped = sql.ask(`SELECT count(*) FROM t, (${ENDLESS}) WHERE t.offset > 0`);
    const ended = expect(stopped).rejects.toMatchObject({ code: 'query_timeout' });
    // Each of these commits, and is read, while the other query runs.
    for (let time = 2; time <= 20; time += 1) {
      await send(sql.store, 's', batchAt(time));
      expect(await sql.rows('SELECT count(*) FROM t')).toEqual([`[${time}]`]);
    }
    await ended;
    await send(sql.store, 's', batchAt(21));
    expect(idsOf(await readAll(sql.store))).toHaveLength(21);
    expect(await sql.rows('SELECT count(*) FROM t')).toEqual(['[21]']);
    await sql.engine.close();
    await sql.store.close();
    expect(readdirSync(sql.directory)).toEqual(['writer-hub.db', 'writer-hub.lock']);
  });

  it('keeps what it saw at the beginning of a query until its end', async () => {
    const sql = await openSql();
    await send(sql.store, 's', batchAt(1));
    const before = sql.rows(
      `SELECT (SELECT count(*) FROM t), max(x), (SELECT count(*) FROM t) FROM (${numbers(300_000)})`,
    );
    await send(sql.store, 's', batchAt(2, 3, 4));
    const [row] = await before;
    const [first, , last] = JSON.parse(row ?? '') as number[];
    expect(first).toBe(last);
  });
});
