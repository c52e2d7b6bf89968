import { token } from '../../support/test-hub';
import { SqlClient, sqlPath } from './support/sql-client';

let client: SqlClient;

beforeAll(async () => {
  client = await SqlClient.start();
});

afterAll(() => client.close());

describe('GET /v0/sql', () => {
  it('answers a query as JSON', async () => {
    const response = await client.fetch(sqlPath('SELECT city, n FROM places'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const text = await response.text();
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(text).toContain('{"city":"Zürich","n":9223372036854775807}');
    expect(JSON.parse(text)).toMatchObject({
      meta: [
        { name: 'city', type: 'Nullable(String)' },
        { name: 'n', type: 'Nullable(Int64)' },
      ],
      data: [{ city: 'Chicago', n: 1 }, { city: 'Zürich' }],
      rows: 2,
      rows_before_limit_at_least: 2,
    });
  });

  it.each([
    ['JSON', 'application/json; charset=utf-8'],
    ['JSONEachRow', 'application/x-ndjson; charset=utf-8'],
    ['CSV', 'text/csv; charset=utf-8; header=absent'],
    ['CSVWithNames', 'text/csv; charset=utf-8; header=present'],
    ['TSV', 'text/tab-separated-values; charset=utf-8'],
    ['PrettyCompact', 'text/plain; charset=utf-8'],
  ])('answers FORMAT %s as %s', async (format, type) => {
    const response = await client.fetch(sqlPath(`SELECT n FROM places FORMAT ${format}`));
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toContain('9223372036854775807');
  });

  it.each([
    ['', 'default_format=CSV', '1\n'],
    ['', 'default_format=jsoneachrow', '{"one":1}\n'],
    [' -- as lines', 'default_format=NDJSON', '{"one":1}\n'],
    [' FORMAT TSV', 'default_format=JSONEachRow', '1\n'],
  ])('writes the result of SELECT 1 AS one%s with %s as %j', async (end, parameter, text) => {
    const response = await client.fetch(`${sqlPath(`SELECT 1 AS one${end}`)}&${parameter}`);
    expect(await response.text()).toBe(text);
  });

  it.each(['SELECT 1', 'SELECT 1 FORMAT CSV'])('refuses a default format that there is not, of %s', async (query) => {
    for (const format of ['CVS', '', 'constructor']) {
      const response = await client.fetch(`${sqlPath(query)}&default_format=${format}`);
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({
          error: expect.stringContaining(`default_format=${format} is no format; there are JSON, `) as string,
        }),
      ]);
    }
  });

  it('reads topics of events, and data sources together with them', async () => {
    expect(await client.ask('SELECT stream_id, count(*) FROM cars GROUP BY 1 FORMAT CSV')).toBe('"trip",1\n');
    expect(await client.ask('SELECT value, city FROM cars JOIN places ON offset = n FORMAT CSV')).toBe(
      '"42","Chicago"\n',
    );
  });

  it('puts integers of 64 bits in quotes where that is asked for', async () => {
    const query = `${sqlPath('SELECT count(*) AS c FROM cars FORMAT JSONEachRow')}&output_format_json_quote_64bit_integers=1`;
    expect(await (await client.fetch(query)).text()).toBe('{"c":"1"}\n');
  });

  it('takes the token from the query, and what clients say of themselves', async () => {
    const response = await fetch(`${client.url}${sqlPath('SELECT 1')}&token=${token('read:*')}&from=ts-sdk`);
    expect(response.status).toBe(200);
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await client.fetch(sqlPath('SELECT 1 FORMAT CSV'), { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('2');
    expect(await response.text()).toBe('');
  });

  it.each([
    ['no query', '/v0/sql', 400, 'there is no query'],
    ['two queries', '/v0/sql?q=SELECT+1&q=SELECT+2', 400, 'q is given more than once'],
    ['an empty query', '/v0/sql?q=', 400, 'the query is empty'],
    ['what is no SELECT', sqlPath('DROP TABLE places'), 400, 'a query begins with SELECT'],
    ['two statements', sqlPath('SELECT 1; SELECT 2'), 400, 'send one statement'],
    ['what SQLite does not understand', sqlPath('SELECT FROM'), 400, 'syntax error'],
    ['an unknown column', sqlPath('SELECT town FROM places'), 400, 'no such column: town'],
    [
      'an unknown function',
      sqlPath('SELECT toStartOfHour(1)'),
      400,
      'there is no function toStartOfHour here; write strftime(',
    ],
    ['an unknown format', sqlPath('SELECT 1 FORMAT Parquet'), 400, 'there is no format "Parquet"'],
    ['the schema of the database', sqlPath('SELECT * FROM sqlite_schema'), 400, 'a query may not read a table'],
    ['an unknown data source', sqlPath('SELECT * FROM nowhere'), 404, 'there is no data source and no topic "nowhere"'],
    [
      'a flag that is none',
      `${sqlPath('SELECT 1')}&output_format_json_quote_64bit_integers=maybe`,
      400,
      'is neither 0 nor 1',
    ],
  ])('refuses %s', async (_what, target, status, text) => {
    const response = await client.fetch(target);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      error: expect.stringContaining(text) as string,
      documentation: expect.any(String) as string,
    });
  });

  it.each([
    ['a data source', ['read:cars'], 'SELECT * FROM places', 'the token lacks the scope read:places'],
    ['a topic', ['read:places'], 'SELECT * FROM cars', 'the token lacks the scope read:cars'],
    ['a quarantine', ['read:cars'], 'SELECT * FROM places_quarantine', 'the token lacks the scope read:places'],
    ['what is not there', ['read:cars'], 'SELECT * FROM nowhere', 'the token lacks the scope read:nowhere'],
    [
      'a data source with a token that writes',
      ['create', 'append:*'],
      'SELECT * FROM places',
      'the token lacks the scope read:places',
    ],
  ])('refuses %s without the scope', async (_what, scopes, q, error) => {
    const response = await client.fetch(sqlPath(q), { headers: { authorization: `Bearer ${token(...scopes)}` } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error });
  });

  it('reads a data source and its quarantine with the scope, in either spelling', async () => {
    for (const scope of ['read:places', 'DATASOURCES:READ:places', 'read:pla*']) {
      expect(await client.ask('SELECT count(*) FROM places FORMAT TSV', token(scope))).toBe('2\n');
      expect(await client.ask('SELECT c__row FROM places_quarantine FORMAT TSV', token(scope))).toBe('{"city":7}\n');
    }
  });

  it('answers 403 without a token', async () => {
    const response = await fetch(`${client.url}${sqlPath('SELECT 1')}`);
    expect(response.status).toBe(403);
    expect(await response.json()).toHaveProperty('error');
  });

  it('lists the verbs it takes', async () => {
    const response = await client.fetch('/v0/sql', { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('POST /v0/sql', () => {
  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'q=SELECT+1+%2B+1+FORMAT+TSV'],
    ['plain text', 'text/plain', 'SELECT 1 + 1 FORMAT TSV'],
    ['text of a type nobody knows', 'application/sql', 'SELECT 1 + 1 FORMAT TSV'],
    ['plain text that is called a form', 'application/x-www-form-urlencoded', 'SELECT 1 + 1 FORMAT TSV'],
    ['JSON', 'application/json', '{"q":"SELECT 1 + 1 FORMAT TSV"}'],
    ['JSON in UTF-8', 'application/json; charset=utf-8', '{"q":"SELECT 1 + 1 FORMAT TSV","from":"ts-sdk"}'],
  ])('takes a query as %s', async (_what, type, body) => {
    const response = await client.post('/v0/sql', body, type);
    expect([response.status, await response.text()]).toEqual([200, '2\n']);
  });

  it('takes a query from the address', async () => {
    const response = await client.fetch(sqlPath('SELECT 3 FORMAT TSV'), { method: 'POST' });
    expect(await response.text()).toBe('3\n');
  });

  it('takes the flag from where the query is', async () => {
    const body = { q: 'SELECT 1 AS c FORMAT JSONEachRow', output_format_json_quote_64bit_integers: 1 };
    expect(await (await client.post('/v0/sql', JSON.stringify(body))).text()).toBe('{"c":"1"}\n');
  });

  it.each([
    ['the address', '/v0/sql?default_format=TSV', 'text/plain', 'SELECT 1 + 1'],
    ['a form', '/v0/sql', 'application/x-www-form-urlencoded', 'q=SELECT+1+%2B+1&default_format=TSV'],
    ['JSON', '/v0/sql', 'application/json', '{"q":"SELECT 1 + 1","default_format":"TSV"}'],
  ])('takes the default format from %s', async (_what, target, type, body) => {
    expect(await (await client.post(target, body, type)).text()).toBe('2\n');
  });

  it.each([
    ['a query in both places', sqlPath('SELECT 1'), 'text/plain', 'SELECT 2', 400, 'given twice'],
    ['an empty body', '/v0/sql', 'text/plain', '', 400, 'there is no query'],
    ['JSON without q', '/v0/sql', 'application/json', '{"from":"x"}', 400, 'there is no query'],
    [
      'a field it does not know',
      '/v0/sql',
      'application/json',
      '{"query":"SELECT 1"}',
      400,
      'unknown field of the body',
    ],
    ['one that is no scalar', '/v0/sql', 'application/json', '{"q":"SELECT 1","p":{}}', 400, '"p"'],
    ['one of a form', '/v0/sql', 'application/x-www-form-urlencoded', 'q=SELECT+1&qq=2', 400, '"qq"'],
    ['JSON that is not an object', '/v0/sql', 'application/json', '["SELECT 1"]', 400, 'not a JSON object'],
    ['a q that is not a string', '/v0/sql', 'application/json', '{"q":{}}', 400, 'q is not a string'],
    ['broken JSON', '/v0/sql', 'application/json', '{"q":', 400, 'malformed JSON at byte 5'],
    ['bytes that are no UTF-8', '/v0/sql', 'text/plain', Buffer.from([0x53, 0xff]), 400, 'not UTF-8'],
    ['a text that is too long', '/v0/sql', 'text/plain', `SELECT '${'x'.repeat(70_000)}'`, 400, 'over 65536 bytes'],
  ])('refuses %s', async (_what, target, type, body, status, text) => {
    const response = await client.post(target, body, type);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining(text) as string });
  });
});
