import { SharedHub } from '../../support/shared-hub';
import { RowsHub, bearer, errorOf } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

const FILE = `DESCRIPTION >
    Where people were

SCHEMA >
    \`city\` String \`json:$.city\`,
    \`visits\` Int16 \`json:$.count.visits\` DEFAULT 1
`;

interface Described {
  readonly name: string;
  readonly columns: { name: string; type: string; nullable: boolean; jsonpath: string; default_value: string | null }[];
}

const push = (rows: RowsHub, text: string, query = 'name=places', headers: Record<string, string> = {}) =>
  rows.hub.post(`/v0/datasources?${query}`, text, { 'content-type': 'text/plain', ...headers });
const columnsOf = ({ columns }: Described) => columns.map(({ name, type }) => `${name} ${type}`);

describe('POST /v0/datasources', () => {
  it('makes a data source from a file, and gives the file back', async () => {
    const rows = await emptied();
    const response = await push(rows, FILE);
    expect(response.status).toBe(200);
    const { datasource, created } = (await response.json()) as { datasource: Described; created: boolean };
    expect([created, datasource.name, columnsOf(datasource)]).toEqual([
      true,
      'places',
      ['city String', 'visits Int16'],
    ]);
    const download = await rows.hub.fetch('/v0/datasources/places.datasource');
    expect(download.headers.get('content-disposition')).toBe('attachment; filename=places.datasource');
    expect(await download.text()).toBe(FILE);
    expect(await rows.stored('places', '{"city":"Köln","count":{"visits":7}}\n{"city":"Łódź"}')).toMatchObject({
      successful_rows: 2,
    });
    expect(await rows.query('SELECT city, visits FROM places')).toEqual([
      { city: 'Köln', visits: 7 },
      { city: 'Łódź', visits: 1 },
    ]);
  });

  it.each([
    ['a file that curl calls a form', FILE, 'name=places', 'application/x-www-form-urlencoded'],
    [
      'a form with a schema',
      new URLSearchParams({
        name: 'places',
        mode: 'create',
        format: 'ndjson',
        schema: '`city` String, `visits` Int16',
      }).toString(),
      '',
      'application/x-www-form-urlencoded',
    ],
    [
      'a schema in the query',
      '',
      `name=places&schema=${encodeURIComponent('`city` String, `visits` Int16')}`,
      'text/plain',
    ],
  ])('takes %s', async (_, body, query, type) => {
    const rows = await emptied();
    const response = await push(rows, body, query, { 'content-type': type });
    expect(await response.json()).toMatchObject({ created: true, datasource: { name: 'places' } });
  });

  it('changes a data source that is there: columns, paths, defaults, and types that hold all that is stored', async () => {
    const rows = await emptied();
    await push(rows, FILE);
    await rows.stored('places', '{"city":"Köln"}');
    const edited = FILE.replace('`city` String', '`city` Nullable(String)')
      .replace('Int16 `json:$.count.visits` DEFAULT 1', 'Int32 `json:$.visits` DEFAULT 2')
      .trimEnd()
      .concat(",\n    `country` String DEFAULT 'DE',\n    `seen` Nullable(DateTime)\n");
    for (const added of [['country', 'seen'], []]) {
      const answer = (await (await push(rows, edited)).json()) as {
        created: boolean;
        added_columns: { name: string }[];
      };
      expect([answer.created, answer.added_columns.map(({ name }) => name)]).toEqual([false, added]);
    }
    await rows.stored('places', '{"visits":100000}');
    expect(await rows.query('SELECT city, visits, country, seen FROM places')).toEqual([
      { city: 'Köln', visits: 1, country: 'DE', seen: null },
      { city: null, visits: 100000, country: 'DE', seen: null },
    ]);
  });

  it.each([
    ['a column that is missing', 'SCHEMA >\n    `city` String', /column visits is missing/],
    [
      'a type that a value does not fit',
      FILE.replace('Int16', 'Int8'),
      /visits .* Int16 to Int8: .* 1000 does not fit/,
    ],
    [
      'a type of another kind',
      FILE.replace('`city` String', '`city` Int64'),
      /city cannot turn from String to Int64: .*Köln/,
    ],
    [
      'a new column that rows have no value for',
      `${FILE.trimEnd()},\n    \`x\` String\n`,
      /new column x needs a DEFAULT/,
    ],
    ['a type there is not', FILE.replace('String', 'Strnig'), /Strnig/],
    ['what cannot be honoured', `${FILE}\nENGINE "Memory"\n`, /Memory/],
    ['no schema', '  ', /there is no schema/],
  ])('refuses %s with 400, and changes nothing', async (_, text, message) => {
    const rows = await emptied();
    await push(rows, FILE);
    await rows.stored('places', '{"city":"Köln","count":{"visits":1000}}');
    const response = await push(rows, text);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(message);
    expect(await rows.hub.read('/v0/datasources/places.datasource')).toBe(FILE);
  });

  it.each([
    ['no name', '', 400, /has no name/],
    ['the name of a quarantine', 'name=x_quarantine', 400, /x_quarantine/],
    ['mode=append', 'name=x&mode=append', 400, /mode=append is not create/],
    ['the name of a topic of events', 'name=cars', 409, /cars is a topic of events/],
  ])('refuses %s', async (_, query, status, message) => {
    const rows = await emptied();
    await rows.hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 1 }]);
    const response = await push(rows, FILE, query);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatch(message);
  });
});

describe('/v0/datasources/{name}', () => {
  it('describes a data source as the Events API does', async () => {
    const rows = await emptied();
    await push(rows, FILE);
    await rows.stored('places', '{"city":"Köln"}\n{"city":5}');
    const described = JSON.parse(await rows.hub.read('/v0/datasources/places')) as Described;
    expect(described).toMatchObject({
      id: 'places',
      name: 'places',
      description: 'Where people were',
      type: 'ndjson',
      statistics: { row_count: 1 },
      quarantine_rows: 1,
      new_columns_detected: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/) as string,
      schema: { sql_schema: '`city` String `json:$.city`, `visits` Int16 `json:$.count.visits` DEFAULT 1' },
    });
    expect(described.columns[1]).toEqual({
      name: 'visits',
      normalized_name: 'visits',
      type: 'Int16',
      nullable: false,
      jsonpath: '$.count.visits',
      default_value: '1',
    });
  });

  it('lists those a token has to do with', async () => {
    const rows = await emptied();
    for (const name of ['b', 'a', 'c']) await rows.schema(name, '`x` String');
    expect(await rows.names()).toEqual(['a', 'b', 'c']);
    const response = await rows.hub.fetch('/v0/datasources', { headers: bearer('read:a', 'append:b') });
    expect(((await response.json()) as { datasources: Described[] }).datasources.map(({ name }) => name)).toEqual([
      'a',
      'b',
    ]);
  });

  it('adds a column, once', async () => {
    const rows = await emptied();
    await rows.stored('a', '{"x":1}');
    const add = () => rows.hub.post('/v0/datasources/a/columns', "`country` String `json:$.land` DEFAULT 'DE'");
    const statuses = (await Promise.all([add(), add(), add()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 400, 400]);
    await rows.stored('a', '{"x":2,"land":"FR"}');
    expect(await rows.query('SELECT x, country FROM a')).toEqual([
      { x: 1, country: 'DE' },
      { x: 2, country: 'FR' },
    ]);
  });

  it('checks rows that come meanwhile against the schema they are stored with', async () => {
    const rows = await emptied();
    await rows.stored('a', '{"n":0}');
    const posts = Array.from({ length: 100 }, (_, n) => rows.stored('a', `{"n":${n + 1},"c0":1,"c9":1}`));
    const columns = Array.from({ length: 10 }, (_, n) =>
      rows.hub.post('/v0/datasources/a/columns', `\`c${n}\` Int8 DEFAULT 0`),
    );
    for (const response of await Promise.all(columns)) expect(response.status).toBe(200);
    for (const answer of await Promise.all(posts))
      expect(answer).toMatchObject({ successful_rows: 1, quarantined_rows: 0 });
    expect(
      await rows.query('SELECT count(*) AS rows, count(DISTINCT n) AS different, count(c9) AS filled FROM a'),
    ).toEqual([{ rows: 101, different: 101, filled: 101 }]);
  });

  it('removes rows, or quarantined rows by the name of the quarantine', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    await rows.stored('a', '{"n":1}\n{"n":300}');
    const truncate = (name: string) => rows.hub.fetch(`/v0/datasources/${name}/truncate`, { method: 'POST' });
    expect([(await truncate('a_quarantine')).status, await rows.counts('a')]).toEqual([200, [1, 0]]);
    expect([(await truncate('a')).status, await rows.counts('a')]).toEqual([200, [0, 0]]);
  });

  it.each([
    ['DELETE', '/v0/datasources/a', 204],
    ['POST', '/v0/datasources/a/delete', 200],
  ])('%s %s removes it with all it holds, once', async (method, path, status) => {
    const rows = await emptied();
    await rows.stored('a', '{"n":1}');
    const answers = await Promise.all([rows.hub.fetch(path, { method }), rows.hub.fetch(path, { method })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([status, 404]);
    expect(await rows.names()).toEqual([]);
    await rows.stored('a', '{"text":"another schema"}');
    expect(await rows.counts('a')).toEqual([1, 0]);
  });

  it.each([
    ['a condition in the query', '?delete_condition=n%3D1', ''],
    ['a condition in a form', '', 'delete_condition=n%3D1'],
  ])('does not take %s for the wish to remove everything', async (_, query, body) => {
    const rows = await emptied();
    await rows.stored('a', '{"n":1}');
    const response = await rows.hub.post(`/v0/datasources/a/delete${query}`, body);
    expect(response.status).toBe(400);
    expect(await rows.counts('a')).toEqual([1, 0]);
  });

  it.each([
    ['POST', '', 'read:*', /scope create/],
    ['GET', '/a', 'read:b', /scope read:a/],
    ['GET', '/a.datasource', 'append:b', /scope read:a/],
    ['POST', '/a/columns', 'append:a', /scope create/],
    ['POST', '/a/truncate', 'create', /scope drop:a \(DATASOURCES:DROP:a\)/],
    ['POST', '/a_quarantine/truncate', 'drop:b', /scope drop:a/],
    ['DELETE', '/a', 'create', /scope drop:a/],
    ['POST', '/a/quarantine/replay', 'read:a', /scope append:a/],
  ])('%s %s with the scope %s is 403', async (method, path, scope, message) => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    const body = method === 'POST' ? '`x` Int8 DEFAULT 0' : null;
    const query = path === '' ? '?name=b&schema=x%20Int8' : '';
    const response = await rows.hub.fetch(`/v0/datasources${path}${query}`, { method, headers: bearer(scope), body });
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toMatch(message);
  });

  it('asks for the scope before it looks for columns', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    const init = { method: 'POST', headers: bearer('append:a') };
    const response = await rows.hub.fetch('/v0/datasources/a/columns', init);
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toMatch(/scope create/);
  });

  it.each([
    ['GET', '/x'],
    ['DELETE', '/x'],
    ['POST', '/x/truncate'],
    ['POST', '/x_quarantine/truncate'],
    ['POST', '/x/quarantine/replay'],
  ])('%s %s is 404 when there is no such data source', async (method, path) => {
    const rows = await emptied();
    const response = await rows.hub.fetch(`/v0/datasources${path}`, { method });
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toBe('Data Source "x" does not exist');
  });

  it('knows its data sources after a restart', async () => {
    const before = await RowsHub.start();
    await push(before, FILE);
    await before.hub.close();
    const after = await RowsHub.start({ dataDir: before.hub.hub.dataDir });
    expect(await after.hub.read('/v0/datasources/places.datasource')).toBe(FILE);
  });
});
