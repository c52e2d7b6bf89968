import { SharedHub } from '../../support/shared-hub';
import { errorOf, RowsHub } from '../../http/v0/support/rows';

const shared = new SharedHub();

describe('decimals of up to 15 digits', () => {
  const numbers = ['9.00', '10.00', '"12.50"', '-0.01', '9999999999999.99'];

  it.each([
    ['few', 0],
    ['many', 30],
  ])('are compared, sorted and summed as numbers in a data source of %s columns', async (_, others) => {
    const rows = RowsHub.of(await shared.emptied());
    const more = Array.from({ length: others }, (_, index) => `c${index} Nullable(String)`);
    await rows.schema('prices', 'price Decimal(15, 2)', ...more);
    await rows.stored('prices', numbers.map((number) => `{"price":${number}}`).join('\n'));
    const sorted = await rows.query('SELECT price FROM prices ORDER BY price FORMAT JSON');
    expect(sorted.map(({ price }) => price)).toEqual([-0.01, 9, 10, 12.5, 9999999999999.99]);
    expect(await rows.query('SELECT price FROM prices WHERE price > 9.5 AND price < 1000 FORMAT JSON')).toHaveLength(2);
    expect(await rows.query('SELECT sum(price) AS total FROM prices WHERE price < 1000 FORMAT JSON')).toEqual([
      { total: 31.49 },
    ]);
  });

  it('stay numbers in a column that is added with a DEFAULT', async () => {
    const rows = RowsHub.of(await shared.emptied());
    await rows.schema('prices', 'id Int32');
    await rows.stored('prices', '{"id":1}');
    await rows.schema('prices', 'id Int32', 'price Decimal(9, 2) DEFAULT 12.50');
    await rows.stored('prices', '{"id":2}\n{"id":3,"price":9}');
    expect(await rows.query('SELECT price, typeof(price) AS kind FROM prices ORDER BY id FORMAT JSON')).toEqual([
      { price: 12.5, kind: 'real' },
      { price: 12.5, kind: 'real' },
      { price: 9, kind: 'real' },
    ]);
  });
});

describe('integers of types beyond int64', () => {
  it.each([
    ['few', 0],
    ['many', 30],
  ])('are kept as integers in a data source of %s columns', async (_, others) => {
    const rows = RowsHub.of(await shared.emptied());
    const more = Array.from({ length: others }, (_, index) => `c${index} Nullable(String)`);
    await rows.schema('counters', 'a UInt64', 'b Int128', ...more);
    await rows.stored('counters', '{"a":5,"b":-7}');
    const kinds = 'SELECT a, typeof(a) AS ka, b, typeof(b) AS kb FROM counters FORMAT JSON';
    expect(await rows.query(kinds)).toEqual([{ a: 5, ka: 'integer', b: -7, kb: 'integer' }]);
  });
});

describe('a request with more bad rows than may be quarantined', () => {
  it('is refused whole, whether or not the data source exists', async () => {
    const rows = await RowsHub.start({ maxQuarantinedRows: 2 });
    await rows.schema('present', 'a Int16');
    for (const name of ['present', 'missing']) {
      const response = await rows.events(`name=${name}`, '{"a":1}\nx\ny\nz');
      expect(response.status).toBe(413);
      expect(await errorOf(response)).toMatch(
        /more than 2 rows do not fit.*max-quarantined-rows.*row 2: malformed JSON/,
      );
    }
    expect(await rows.counts('present')).toEqual([0, 0]);
    expect(await rows.names()).toEqual(['present']);
  });
});

describe('a response', () => {
  it.each([
    ['not json', 'the text is not JSON (byte 1): expected the word null, found "o"'],
    ['{"a":1,"a":2}', 'no row can be taken; row 1: a name in it is given twice'],
  ])('to %j under an unknown name gives the reason and its place once', async (body, message) => {
    const rows = RowsHub.of(await shared.emptied());
    expect(await errorOf(await rows.events('name=fresh', body))).toBe(message);
  });

  it('warns of instructions in a pushed file that have no effect', async () => {
    const rows = RowsHub.of(await shared.emptied());
    const push = async (text: string) => {
      const response = await rows.hub.post('/v0/datasources?name=a', text, { 'content-type': 'text/plain' });
      return (await response.json()) as { warnings?: string[] };
    };
    expect((await push('TOKEN "x" APPEND\nSCHEMA >\n    a String\n')).warnings).toEqual([
      'line 1: TOKEN has no effect here: tokens are made by "writer-hub token"',
    ]);
    expect(await push('SCHEMA >\n    a String\n')).not.toHaveProperty('warnings');
  });
});
