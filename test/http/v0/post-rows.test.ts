import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { SharedHub } from '../../support/shared-hub';
import { token } from '../../support/test-hub';
import { stored as zstd } from '../support/zstd';
import { RowsHub, bearer, errorOf } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

const ROW = '{"date": "2020-04-05 00:05:38", "city": "Chicago"}';
const ACCEPTED = '{"successful_rows":1,"quarantined_rows":0}';

describe('POST /v0/events', () => {
  it.each([
    ['202 without wait', 'name=events_test', 202],
    ['202 with wait=false', 'name=events_test&wait=false', 202],
    ['200 with wait=true', 'name=events_test&wait=true', 200],
    ['200 with wait=True, as Python writes it', 'name=events_test&wait=True', 200],
  ])('answers %s, in so many bytes of JSON', async (_, query, status) => {
    const rows = await emptied();
    const response = await rows.events(query, ROW);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-length')).toBe('42');
    expect(await response.text()).toBe(ACCEPTED);
    await rows.stored('events_test', ROW);
    expect(await rows.query('SELECT date, city FROM events_test')).toEqual(
      Array.from({ length: 2 }, () => ({ date: '2020-04-05 00:05:38.000000', city: 'Chicago' })),
    );
  });

  it.each([
    ['NDJSON with a last newline', '', `${ROW}\n${ROW}\n`, 2],
    ['NDJSON without one', '', `${ROW}\n${ROW}`, 2],
    ['NDJSON with blank lines and CRLF', '', `\r\n${ROW}\r\n\r\n  \r\n${ROW}\r\n`, 2],
    ['a document that spans lines', '&format=json', '{\n  "city":\n "Chicago", "date": "2020-04-05 00:05:38"\n}\n', 1],
    ['NDJSON by its name', '&format=ndjson', `${ROW}\n${ROW}`, 2],
  ])('takes %s', async (_, query, body, count) => {
    const rows = await emptied();
    const response = await rows.events(`name=events_test&wait=true${query}`, body);
    expect(await response.json()).toEqual({ successful_rows: count, quarantined_rows: 0 });
    expect(await rows.counts('events_test')).toEqual([count, 0]);
  });

  it.each(['application/json', 'application/x-ndjson', 'text/plain;charset=UTF-8', 'image/png', ''])(
    'does not care for the content type "%s"',
    async (type) => {
      const rows = await emptied();
      expect((await rows.events('name=a&wait=true', ROW, { 'content-type': type })).status).toBe(200);
    },
  );

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstd],
  ] as const)('takes %s', async (encoding, encode) => {
    const rows = await emptied();
    const response = await rows.events('name=a&wait=true', encode(Buffer.from(`${ROW}\n${ROW}\n`)), {
      'content-encoding': encoding,
    });
    expect(await response.json()).toEqual({ successful_rows: 2, quarantined_rows: 0 });
  });

  it('takes what clients say of themselves, and refuses other parameters it does not know', async () => {
    const rows = await emptied();
    expect((await rows.events('name=a&from=ts-sdk&cli_version=5.0.1', ROW)).status).toBe(202);
    const response = await rows.events('name=a&wiat=true', ROW);
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.stringContaining('"wiat"; did you mean wait?') as string }),
    ]);
  });

  it.each([
    ['in the query', `token=${token('create')}`, {}],
    ['in the header', '', bearer('create')],
    ['in both places', `token=${token('create')}`, {}],
    ['with a full stop behind it, as a published sample has it', '', { authorization: `Bearer ${token('create')}.` }],
  ])('takes the token %s', async (_, query, headers) => {
    const rows = await emptied();
    const response = await fetch(`${rows.hub.url}/v0/events?name=a&${query}`, { method: 'POST', body: ROW, headers });
    expect(response.status).toBe(202);
  });

  it("echoes x-vercel-verify, by which Vercel's log drains know that the endpoint is theirs", async () => {
    const rows = await emptied();
    const response = await rows.events('name=a&x-vercel-verify=abc123', ROW);
    expect(response.headers.get('x-vercel-verify')).toBe('abc123');
    const wrong = await rows.events('name=a&x-vercel-verify=a%0d%0ab', ROW);
    expect([wrong.status, wrong.headers.get('x-vercel-verify')]).toEqual([202, null]);
  });

  it('keeps unknown fields aside and names them', async () => {
    const rows = await emptied();
    await rows.stored('a', ROW);
    const answer = await rows.stored('a', '{"date": "2020-04-05 00:05:38", "city": "Chicago", "zip": {"code": 1}}');
    expect(answer).toEqual({ successful_rows: 1, quarantined_rows: 0, unknown_fields: ['$.zip'] });
    expect((await rows.query('SELECT _rest FROM a')).at(-1)).toEqual({ _rest: { zip: { code: 1 } } });
    expect(JSON.parse(await rows.hub.read('/v0/datasources/a'))).toMatchObject({
      new_columns_detected: true,
      unknown_fields: ['$.zip'],
    });
  });

  it('makes one data source when many first requests come at once', async () => {
    const rows = await emptied();
    const answers = await Promise.all(Array.from({ length: 20 }, () => rows.stored('a', ROW)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ successful_rows: 1, quarantined_rows: 0 })));
    expect(await rows.counts('a')).toEqual([20, 0]);
  });

  it('stores the rows of one sender in the order they were posted', async () => {
    const rows = await emptied();
    for (let n = 0; n < 50; n++) await rows.events('name=a', `{"n":${n}}`);
    await rows.stored('a', '{"n":50}');
    expect((await rows.query('SELECT n FROM a')).map(({ n }) => n)).toEqual(Array.from({ length: 51 }, (__, n) => n));
  });

  it('takes rows for a data source that exists with its append scope alone', async () => {
    const rows = await emptied();
    await rows.stored('a', ROW);
    expect((await rows.events('name=a', ROW, bearer('DATASOURCES:APPEND:a'))).status).toBe(202);
  });
});

describe('POST /v0/events refuses', () => {
  it.each([
    ['no name', '', ROW, 400, /query parameter name is missing/],
    ['an empty name', 'name=', ROW, 400, /query parameter name is missing/],
    ['a name given twice', 'name=a&name=b', ROW, 400, /name is given 2 times/],
    ['a name with a slash', 'name=a%2Fb', ROW, 400, /the data source name holds a slash/],
    ['a name of 256 bytes', `name=${'a'.repeat(256)}`, ROW, 400, /data source name is longer than 255 bytes/],
    ['the name of a quarantine', 'name=a_quarantine', ROW, 400, /a_quarantine ends in _quarantine/],
    ['a wait that is neither', 'name=a&wait=maybe', ROW, 400, /wait=maybe is not true or false/],
    ['an unknown format', 'name=a&format=csv', ROW, 400, /format=csv is not ndjson or json/],
    ['an empty body', 'name=a', '', 400, /the body holds no rows/],
    ['a body of blank lines', 'name=a', '\n \r\n', 400, /the body holds no rows/],
    ['a body that is no JSON at all', 'name=a', 'hello\nworld\n', 400, /byte 0/],
    ['a list of scalars', 'name=a', '1\n2\n', 400, /object/],
  ])('%s with 400, and stores nothing', async (_, query, body, status, message) => {
    const rows = await emptied();
    const response = await rows.events(query, body);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatch(message);
    expect(await rows.names()).toEqual([]);
  });

  it.each([
    ['hello\nworld', /byte 0/],
    ['', /the body holds no rows/],
  ])('the body %j for a data source that exists, and stores nothing', async (body, message) => {
    const rows = await emptied();
    await rows.stored('a', ROW);
    const response = await rows.events('name=a', body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(message);
    expect(await rows.counts('a')).toEqual([1, 0]);
  });

  it.each([
    ['broken gzip', 'gzip', 400, /the body is not gzip/],
    ['broken zstd', 'zstd', 400, /the body is not zstd/],
    ['an unknown encoding', 'compress', 415, /the content encoding compress is not one of/],
    ['stacked encodings', 'gzip, gzip', 415, /the content encoding gzip, gzip is not one of/],
  ])('%s', async (_, encoding, status, message) => {
    const rows = await emptied();
    const response = await rows.events('name=a', ROW, { 'content-encoding': encoding });
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatch(message);
  });

  it.each([
    ['as sent', (text: string) => Buffer.from(text), {}],
    ['inflated from gzip', gzipSync, { 'content-encoding': 'gzip' }],
    ['inflated from zstd', (text: string) => zstd(Buffer.from(text)), { 'content-encoding': 'zstd' }],
  ])('a body over the limit %s with 413, and stores nothing', async (_, encode, headers) => {
    const rows = await RowsHub.start({ maxMessageBytes: 2048 });
    const fitting = `{"city":"${'x'.repeat(1900)}"}`;
    expect((await rows.events('name=a&wait=true', encode(fitting), headers)).status).toBe(200);
    const response = await rows.events('name=a&wait=true', encode(`${fitting}\n${fitting}`), headers);
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatch(/over 2048 bytes/);
    expect(await rows.counts('a')).toEqual([1, 0]);
  });

  it.each([
    ['no token', {}, /there is no token/],
    ['a broken token', { authorization: 'Bearer nonsense' }, /./],
    ['a token that only reads', bearer('read:*'), /lacks the scope append:a \(DATASOURCES:APPEND:a\)/],
    ['a token for another data source', bearer('append:b'), /lacks the scope append:a/],
    [
      'an unknown data source without the scope that makes it',
      bearer('append:a'),
      /"a" does not exist, and the token lacks the scope create \(DATASOURCES:CREATE\)/,
    ],
  ])('%s with 403', async (_, headers, message) => {
    const rows = await emptied();
    const response = await fetch(`${rows.hub.url}/v0/events?name=a`, { method: 'POST', body: ROW, headers });
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toMatch(message);
    expect(await rows.names()).toEqual([]);
  });

  it('an unknown data source with 404 where rows make none', async () => {
    const rows = await RowsHub.start({ createDataSources: false });
    const response = await rows.events('name=a', ROW);
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatch(/Data Source "a" does not exist/);
    await rows.schema('a', '`city` String');
    expect((await rows.events('name=a', ROW)).status).toBe(202);
  });

  it('rows for a topic of events with 409, and says where events go', async () => {
    const rows = await emptied();
    await rows.hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 1 }]);
    const response = await rows.events('name=cars', ROW);
    expect(response.status).toBe(409);
    expect(await errorOf(response)).toMatch(/\/topics\/cars\/streams\/\{streamId\}\/events\/data/);
  });

  it('more columns than a data source may have', async () => {
    const rows = await RowsHub.start({ maxColumns: 500 });
    const wide = (columns: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: columns }, (_, n) => [`c${n}`, n])));
    expect((await rows.events('name=fits', wide(500))).status).toBe(202);
    const response = await rows.events('name=a', wide(501));
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatch(/501 fields.*at most 500 columns: raise WRITER_HUB_MAX_COLUMNS, /);
  });

  it.each([
    ['GET', '/v0/events', 405, 'POST'],
    ['PUT', '/v0/datasources', 405, 'GET, HEAD, POST'],
    ['GET', '/v0/nothing', 404, null],
    ['POST', '/v0', 404, null],
  ])('%s %s with %d', async (method, path, status, allow) => {
    const rows = await emptied();
    const response = await rows.hub.fetch(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('allow')).toBe(allow);
    await errorOf(response);
  });

  it('never with a token in the log', async () => {
    const rows = await RowsHub.start();
    const secret = token('create');
    await fetch(`${rows.hub.url}/v0/events?name=a&token=${secret}`, { method: 'POST', body: ROW });
    await fetch(`${rows.hub.url}/v0/events?name=a_quarantine&token=${secret}`, { method: 'POST', body: ROW });
    await rows.hub.close();
    expect(rows.hub.log()).toContain('/v0/events');
    expect(rows.hub.log()).not.toContain(secret);
  });
});
