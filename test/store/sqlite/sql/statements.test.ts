import { parseStatement } from '../../../../src/store/sqlite/sql/sql-statement';
import { SqlStore, column } from './support/sql-store';

describe('parseStatement', () => {
  it.each([
    ['nothing', ''],
    ['white space and comments alone', ' -- nothing\n/* here */ ;'],
    ['a semicolon alone', ';'],
    ['PRAGMA', 'PRAGMA query_only = OFF'],
    ['PRAGMA behind a comment', '/* SELECT */ pragma journal_mode = DELETE'],
    ['ATTACH', "ATTACH '/tmp/x.db' AS x"],
    ['DETACH', 'DETACH main'],
    ['VACUUM INTO', "VACUUM INTO '/tmp/x.db'"],
    ['EXPLAIN', 'EXPLAIN SELECT 1'],
    ['INSERT', 'INSERT INTO topics SELECT 1'],
    ['REPLACE', 'REPLACE INTO topics SELECT 1'],
    ['UPDATE', 'UPDATE topics SET name = 1'],
    ['DELETE', 'DELETE FROM topics'],
    ['CREATE', 'CREATE TEMP TABLE x(a)'],
    ['DROP', 'DROP TABLE topics'],
    ['BEGIN', 'BEGIN'],
    ['COMMIT', 'COMMIT'],
    ['ROLLBACK', 'ROLLBACK'],
    ['SAVEPOINT', 'SAVEPOINT a'],
    ['ANALYZE', 'ANALYZE'],
    ['REINDEX', 'REINDEX'],
    ['a parenthesis first', '(SELECT 1)'],
    ['a quoted word first', '"SELECT" 1'],
    ['a vertical tab first', '\vSELECT 1'],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a second statement of another kind', 'SELECT 1; DROP TABLE topics'],
    ['a second statement behind a comment', 'SELECT 1 /* ; */ ; -- \n DELETE FROM topics'],
    ['an empty statement first', '; SELECT 1'],
    ['a NUL character', 'SELECT 1 \0 FROM topics'],
    ['a NUL character in a comment', 'SELECT 1 -- \0'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseStatement(text)).toThrow(expect.objectContaining({ code: 'invalid_sql' }) as Error);
  });

  it.each([
    ['SELECT 1', 'SELECT 1', undefined],
    ['SELECT 1;', 'SELECT 1', undefined],
    [' select 1 ; ; -- end', ' select 1', undefined],
    ['VALUES (1)', 'VALUES (1)', undefined],
    ['SELECT 1 FORMAT JSON', 'SELECT 1 ', 'JSON'],
    ['SELECT 1\nformat\tCsvWithNames ;\n', 'SELECT 1\n', 'CsvWithNames'],
    ['SELECT 1 FORMAT -- which\n TSV /* this */', 'SELECT 1 ', 'TSV'],
    ["SELECT ';', 'FORMAT CSV'", "SELECT ';', 'FORMAT CSV'", undefined],
    ['SELECT 1 AS "format" , "a;b"', 'SELECT 1 AS "format" , "a;b"', undefined],
    ['SELECT [a;b], `c;d` -- ; FORMAT CSV', 'SELECT [a;b], `c;d`', undefined],
    ["SELECT 'it''s' FORMAT CSV", "SELECT 'it''s' ", 'CSV'],
    ["SELECT 1 'FORMAT' x", "SELECT 1 'FORMAT' x", undefined],
    ["SELECT format('%d', 1)", "SELECT format('%d', 1)", undefined],
    ['\uFEFFSELECT 1', '\uFEFFSELECT 1', undefined],
    ['WITH é AS (SELECT 1) SELECT * FROM é', 'WITH é AS (SELECT 1) SELECT * FROM é', undefined],
  ])('takes %j apart', (text, sql, format) => {
    expect(parseStatement(text)).toEqual({ sql, format });
  });
});

describe('SqliteSqlEngine.query', () => {
  let sql: SqlStore;

  beforeAll(async () => {
    sql = await SqlStore.open();
    await sql.addRows('shop', [column('item')], '"a"');
  });

  afterAll(() => sql.close());

  it.each([
    ['INSERT', 'WITH x AS (SELECT 1) INSERT INTO shop SELECT * FROM x'],
    ['UPDATE', 'WITH x AS (SELECT 1) UPDATE shop SET item = 1'],
    ['DELETE', 'WITH x AS (SELECT 1) DELETE FROM shop'],
    ['REPLACE', 'WITH x AS (SELECT 1) REPLACE INTO shop SELECT * FROM x'],
    ['DELETE with RETURNING', 'WITH x AS (SELECT 1) DELETE FROM shop RETURNING *'],
    ['DELETE from the schema', 'WITH x AS (SELECT 1) DELETE FROM sqlite_schema'],
    ['an unknown format', 'SELECT 1 FORMAT Parquet'],
    ['what is no SQL', 'SELECT FROM WHERE'],
    ['a string that is not closed', "SELECT 'abc"],
    ['two databases in a name', 'SELECT * FROM a.b.shop'],
    ['an expression nested too deeply', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['subqueries nested too deeply', `SELECT ${'(SELECT '.repeat(5000)}1${')'.repeat(5000)}`],
    ['tables nested too deeply', `SELECT 1 FROM ${'(SELECT 1 FROM '.repeat(2000)}shop${')'.repeat(2000)}`],
    ['an expression that is too long', `SELECT 1${'+1'.repeat(5000)}`],
    ['too many SELECTs', `SELECT 1${' UNION ALL SELECT 1'.repeat(600)}`],
    ['too many columns', `SELECT ${Array.from({ length: 3000 }, (_, index) => `${index}`).join(',')}`],
    ['too many tables', `SELECT 1 FROM ${Array.from({ length: 70 }, () => 'shop').join(', ')}`],
  ])('refuses %s', async (_what, text) => {
    await expect(sql.ask(text)).rejects.toMatchObject({ code: 'invalid_sql' });
    expect(await sql.rows('SELECT * FROM shop')).toEqual(['["a",null]']);
  });
});
