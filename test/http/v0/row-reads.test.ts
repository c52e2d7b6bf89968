import { mintToken } from '../../../src/auth/token-minter';
import { SharedHub, freshName } from '../../support/shared-hub';
import { SECRET, TestHub, token } from '../../support/test-hub';
import { Live } from '../support/live';

const LINES = { accept: 'application/x-ndjson' };
const STREAM = { accept: 'text/event-stream' };

const SCHEMA = `SCHEMA >
    \`n\` UInt64,
    \`text\` String,
    \`flag\` Nullable(Bool),
    \`list\` Array(Int64),
    \`price\` Decimal(30, 10),
    \`time\` DateTime64(3)
`;

const fields = (n: number | string, text = `t${n}`): string =>
  `{"n":${n},"text":${JSON.stringify(text)},"flag":true,"list":[9007199254740993],"price":"1.1234567891",` +
  `"time":"2024-01-02 03:04:05.678"}`;

/** The object of a row, as text. */
const objectOf = (n: number | string, text = `t${n}`): string =>
  `{"n":${n},"text":${JSON.stringify(text)},"flag":true,"list":[9007199254740993],"price":1.1234567891,` +
  `"time":"2024-01-02 03:04:05.678","_rest":null}`;

const shared = new SharedHub();

/** The hub, and a data source there that no other test has. */
async function start(): Promise<{ readonly hub: TestHub; readonly d: string }> {
  const [hub, d] = [await shared.hub(), freshName('d')];
  expect((await hub.post(`/v0/datasources?name=${d}`, SCHEMA, { 'content-type': 'text/plain' })).status).toBe(200);
  return { hub, d };
}

async function append(hub: TestHub, d: string, ...rows: string[]): Promise<void> {
  const response = await hub.post(`/v0/events?name=${d}&wait=true`, rows.join('\n'));
  expect(response.status).toBe(200);
}

const numbersOf = (live: Live): unknown[] => live.lines.map(({ row }) => (row as { n?: number } | undefined)?.n);

/** The rows of blocks of an event stream, as texts. */
const dataOf = (live: Live): string[] =>
  live.text.split('\n\n').flatMap((block) => (/^event: /m.test(block) ? [] : (/^data: (.*)$/m.exec(block)?.[1] ?? [])));

describe('GET /v0/datasources/{name}/rows', () => {
  it('gives stored rows by pages, each as SQL gives it, to the digit', async () => {
    const { hub, d } = await start();
    await append(hub, d, fields('18446744073709551615', 'a "quoted"\nline \u2028 😀'), fields(2), fields(3));
    const first = await hub.fetch(`/v0/datasources/${d}/rows?limit=1`);
    const text = await first.text();
    expect(text).toBe(
      `{"rows":[{"offset":"1","row":${objectOf('18446744073709551615', 'a "quoted"\nline \u2028 😀')}}],"next":"1"}`,
    );
    const sql = await hub.read(`/v0/sql?q=${encodeURIComponent(`SELECT * FROM ${d} LIMIT 1 FORMAT JSONEachRow`)}`);
    expect(text).toContain(`"row":${sql.trimEnd()}}`);
    const rest = await hub.fetch(`/v0/datasources/${d}/rows?after=1`, { headers: LINES });
    expect(await rest.text()).toBe(`{"offset":"2","row":${objectOf(2)}}\n{"offset":"3","row":${objectOf(3)}}\n`);
    expect(rest.headers.get('writer-hub-position')).toBe('3');
    expect(rest.headers.get('writer-hub-next')).toBeNull();
  });

  it.each([
    ['order=desc&limit=2', ['3', '2']],
    ['order=desc&after=2', ['1']],
    ['tail=2', ['2', '3']],
    ['after=3', []],
  ])('takes what pages of events take: %s', async (query, offsets) => {
    const { hub, d } = await start();
    await append(hub, d, fields(1), fields(2), fields(3));
    const page = JSON.parse(await hub.read(`/v0/datasources/${d}/rows?${query}`)) as { rows: { offset: string }[] };
    expect(page.rows.map(({ offset }) => offset)).toEqual(offsets);
  });

  it('sends rows as they are committed, after those that are stored', async () => {
    const { hub, d } = await start();
    await append(hub, d, fields(1));
    const live = await Live.open(hub, `/v0/datasources/${d}/rows?from=earliest`);
    const late = await Live.open(hub, `/v0/datasources/${d}/rows`);
    expect(late.response.headers.get('writer-hub-position')).toBe('1');
    await Promise.all([live, late].map((one) => one.until((text) => text.includes('event: caught-up'))));
    await append(hub, d, fields(2), fields(3));
    await Promise.all([live, late].map((one) => one.until((text) => text.includes('id: 3\n'))));
    expect(dataOf(live)).toEqual([1, 2, 3].map((n) => `{"offset":"${n}","row":${objectOf(n)}}`));
    expect(dataOf(late)).toEqual(dataOf(live).slice(1));
    const resumed = await Live.open(hub, `/v0/datasources/${d}/rows?from=earliest`, { 'last-event-id': '2' });
    await resumed.until((text) => text.includes('event: caught-up'));
    expect(dataOf(resumed)).toEqual(dataOf(live).slice(2));
    await Promise.all([live, late, resumed].map((one) => one.close()));
  });

  it('has an EventSource bring its token in the query', async () => {
    const { hub, d } = await start();
    const path = `/v0/datasources/${d}/rows?from=earliest&token=${token(`read:${d}`)}`;
    const response = await fetch(`${hub.url}${path}`, { headers: STREAM });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await response.body!.cancel();
  });

  it.each([
    ['follow=true', [1, 2, 3]],
    ['follow=true&after=1', [2, 3]],
    ['follow=true&tail=1', [2, 3]],
    ['follow=true&since=1h', [1, 2, 3]],
    ['follow=true&from=latest', [3]],
  ])('goes on in lines: %s', async (query, numbers) => {
    const { hub, d } = await start();
    await append(hub, d, fields(1), fields(2));
    const live = await Live.open(hub, `/v0/datasources/${d}/rows?${query}`, LINES);
    await append(hub, d, fields(3));
    await live.until(() => numbersOf(live).includes(3));
    expect((await hub.fetch(`/v0/datasources/${d}`, { method: 'DELETE' })).status).toBe(204);
    await live.end();
    expect(numbersOf(live).slice(0, -1)).toEqual(numbers);
    expect(live.lines.at(-1)).toEqual({
      end: { code: 'unknown_data_source', message: `Data Source "${d}" does not exist` },
    });
  });

  it('gives rows of the schema they are stored for while that changes', async () => {
    const { hub, d } = await start();
    const live = await Live.open(hub, `/v0/datasources/${d}/rows?follow=true`, LINES);
    await append(hub, d, fields(1));
    await live.until(() => numbersOf(live).includes(1));
    const grown = `${SCHEMA.trimEnd()},\n    \`more\` Int64 DEFAULT 9223372036854775807\n`;
    expect((await hub.post(`/v0/datasources?name=${d}`, grown, { 'content-type': 'text/plain' })).status).toBe(200);
    await append(hub, d, fields(2), `${fields(3).slice(0, -1)},"more":-9223372036854775808,"odd":{"a":1e400}}`);
    await live.until(() => numbersOf(live).includes(3));
    const [first, second, third] = live.text.split('\n').filter((line) => line !== '');
    expect(first).not.toContain('more');
    expect(second).toContain('"more":9223372036854775807,"_rest":null}}');
    expect(third).toContain('"more":-9223372036854775808,"_rest":{"odd":{"a":1e400}}}}');
    const widened = grown.replace('`n` UInt64', '`n` Float64');
    await hub.post(`/v0/datasources?name=${d}`, widened, { 'content-type': 'text/plain' });
    await append(hub, d, fields(4.5));
    await live.until(() => numbersOf(live).includes(4.5));
    await live.close();
  });

  it('ends for good when it is dropped, and tells who comes back to stop', async () => {
    const { hub, d } = await start();
    await append(hub, d, fields(1));
    const live = await Live.open(hub, `/v0/datasources/${d}/rows`);
    await live.until((text) => text.includes('caught-up'));
    await hub.fetch(`/v0/datasources/${d}`, { method: 'DELETE' });
    expect(await live.end()).toMatch(
      /\n\nevent: end\nid: end\ndata: \{"code":"unknown_data_source","message":".*"\}\n\n$/,
    );
    const come = (id: string) =>
      hub.fetch(`/v0/datasources/${d}/rows`, { headers: { ...STREAM, 'last-event-id': id } });
    const resumed = await come('1');
    expect([resumed.status, await resumed.text()]).toEqual([
      200,
      expect.stringMatching(/^event: end\nid: end\ndata: \{"code":"unknown_data_source"/),
    ]);
    expect((await come('end')).status).toBe(204);
    await hub.post(`/v0/datasources?name=${d}`, SCHEMA, { 'content-type': 'text/plain' });
    const other = await come('1');
    expect([other.status, await other.text()]).toEqual([
      200,
      expect.stringMatching(/^event: end\nid: end\ndata: \{"code":"position_gone".*"earliest":"g\d+-0"\}\n\n$/),
    ]);
    const gone = await hub.fetch(`/v0/datasources/${d}/rows?from=1`, { headers: STREAM });
    expect([gone.status, await gone.json()]).toEqual([
      410,
      expect.objectContaining({ error: expect.stringMatching(/the earliest position is now g\d+-0$/) as string }),
    ]);
  });

  it('goes on at the end when all rows are removed, and says what is gone to who was behind', async () => {
    const { hub, d } = await start();
    await append(hub, d, fields(1), fields(2));
    const live = await Live.open(hub, `/v0/datasources/${d}/rows?follow=true`, LINES);
    await live.until(() => numbersOf(live).includes(2));
    expect((await hub.post(`/v0/datasources/${d}/truncate`, '')).status).toBe(200);
    await append(hub, d, fields(3));
    await live.until(() => numbersOf(live).includes(3));
    expect(numbersOf(live)).toEqual([1, 2, 3]);
    const response = await hub.fetch(`/v0/datasources/${d}/rows?follow=true&after=1`, { headers: LINES });
    expect([response.status, await response.json()]).toMatchObject([410, {}]);
    await live.close();
  });

  it('ends when its token is revoked, or expires', async () => {
    const [hub, d] = [await TestHub.start({ clockTolerance: 0 }), 'd'];
    await hub.post(`/v0/datasources?name=${d}`, SCHEMA, { 'content-type': 'text/plain' });
    const brief = mintToken({ scopes: [`read:${d}`], expiresIn: 2 }, SECRET).token;
    const { token: revocable, tokenId } = mintToken({ scopes: [`read:${d}`] }, SECRET);
    const open = (bearer: string) =>
      Live.open(hub, `/v0/datasources/${d}/rows?follow=true`, { ...LINES, authorization: `Bearer ${bearer}` });
    const [expiring, revoked] = [await open(brief), await open(revocable)];
    expect((await hub.post('/tokens/revoke', { tokenId })).status).toBeLessThan(300);
    expect(await revoked.end()).toContain('{"end":{"code":"unauthenticated","message":"the token was revoked"}}');
    expect(await expiring.end()).toContain('{"end":{"code":"unauthenticated","message":"the token has expired"}}');
  });

  it.each([
    ['from=1', LINES, /from needs follow=true or an event stream/],
    ['since=10m', {}, /since needs follow=true or an event stream/],
    ['limit=5', STREAM, /limit is the size of a page/],
    ['follow=true&limit=5', LINES, /limit is the size of a page/],
    ['follow=true&order=desc', LINES, /order=desc goes back/],
    ['follow=true&after=1&from=1', LINES, /from and after both say where to begin/],
    ['follow=true&tail=1&since=1m', LINES, /since and tail both say where to begin/],
    ['follow=true&from=q1', LINES, /from="q1" is not a position/],
    ['follow=true&from=99', LINES, /from="99" is beyond the end of/],
    ['follow=maybe', LINES, /follow=maybe is not true or false/],
    ['id=1', LINES, /unknown query parameter "id"/],
    ['tail=1&order=desc', {}, /tail gives the last events of all, and takes no order/],
  ])('refuses %s by name', async (query, headers, message) => {
    const { hub, d } = await start();
    const response = await hub.fetch(`/v0/datasources/${d}/rows?${query}`, {
      headers: headers as Record<string, string>,
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.stringMatching(message) as string }),
    ]);
  });

  it.each([
    ['d', ['read:other'], 403],
    ['d', ['append:d'], 403],
    ['d', ['drop:d'], 403],
    ['none', ['read:*'], 404],
    ['t', ['read:*'], 409],
  ])('refuses %s to a token of %j with %i', async (name, scopes, status) => {
    const { hub, d } = await start();
    const named = (text: string): string => text.replace(/\bd$/, d);
    await hub.post('/topics/t/streams/s/events/data', { id: 'a', timestamp: 1 });
    for (const path of [`/v0/datasources/${named(name)}/rows`, `/v0/datasources/${named(name)}/quarantine`]) {
      for (const headers of [STREAM, LINES]) {
        const authorization = `Bearer ${token(...scopes.map(named))}`;
        expect((await hub.fetch(path, { headers: { ...headers, authorization } })).status).toBe(status);
      }
      // The Events API has no 401.
      expect((await fetch(`${hub.url}${path}`)).status).toBe(403);
    }
  });
});

describe('GET /v0/datasources/{name}/quarantine', () => {
  it('gives what did not fit and why, as SQL does, stored and as it comes', async () => {
    const { hub, d } = await start();
    const bad = (text: string) => fields('"no number"', text);
    const live = await Live.open(hub, `/v0/datasources/${d}/quarantine?follow=true`, LINES);
    await append(hub, d, fields(1), bad('first'));
    await append(hub, d, bad('second'));
    await live.until((text) => text.includes('second'));
    expect(live.lines.map(({ offset }) => offset)).toEqual(['q1', 'q2']);
    expect(live.lines[0]).toMatchObject({
      row: { c__error_column: ['n'], n: 'no number', text: 'first', c__row: bad('first') },
    });
    const sql = `/v0/sql?q=${encodeURIComponent(`SELECT * FROM ${d}_quarantine FORMAT JSONEachRow`)}`;
    const objects = (await hub.read(sql)).trimEnd().split('\n');
    const page = await hub.read(`/v0/datasources/${d}/quarantine`, LINES);
    expect(page).toBe(objects.map((object, index) => `{"offset":"q${index + 1}","row":${object}}\n`).join(''));
    expect(live.text).toBe(page);
    await live.close();
  });

  it('has columns that came later as null, and goes on behind what was replayed or removed', async () => {
    const { hub, d } = await start();
    await append(hub, d, fields('"a"'), fields('"b"'));
    await hub.post(`/v0/datasources/${d}/columns`, '`more` Nullable(String)', { 'content-type': 'text/plain' });
    const before = JSON.parse(await hub.read(`/v0/datasources/${d}/quarantine`)) as { rows: { row: object }[] };
    expect(before.rows[0]!.row).toMatchObject({ n: 'a', more: null });
    const live = await Live.open(hub, `/v0/datasources/${d}/quarantine`);
    await live.until((text) => text.includes('caught-up'));
    expect((await hub.post(`/v0/datasources/${d}_quarantine/truncate`, '')).status).toBe(200);
    await append(hub, d, fields('"c"'));
    await live.until((text) => text.includes('id: q3\n'));
    expect(dataOf(live)).toHaveLength(1);
    const gone = await hub.fetch(`/v0/datasources/${d}/quarantine?from=q1`, { headers: STREAM });
    expect([gone.status, await gone.json()]).toEqual([
      410,
      expect.objectContaining({ error: expect.stringMatching(/rows behind the position.* earliest .* q2$/) as string }),
    ]);
    await live.close();
  });
});
