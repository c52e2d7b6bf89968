import { mintToken } from '../../../src/auth/token-minter';
import { SharedHub } from '../../support/shared-hub';
import { SECRET, TestHub, token } from '../../support/test-hub';

const CARS = '/topics/cars/streams/car-1/events/data';
const events = (...timestamps: number[]) => timestamps.map((timestamp) => ({ id: 'tick', timestamp }));

const put = (hub: TestHub, path: string, body: unknown, ...scopes: string[]) =>
  hub.fetch(path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...bearer(scopes) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const remove = (hub: TestHub, path: string, ...scopes: string[]) =>
  hub.fetch(path, { method: 'DELETE', headers: bearer(scopes) });

/** A token of these scopes, or one that may do everything. */
function bearer(scopes: readonly string[]): Record<string, string> {
  return scopes.length === 0 ? {} : { authorization: `Bearer ${token(...scopes)}` };
}

/** The header of a subject's token that may create topics. */
function creator(subject: string): { authorization: string } {
  return { authorization: `Bearer ${mintToken({ scopes: ['create'], subject }, SECRET).token}` };
}

async function topics(hub: TestHub): Promise<object[]> {
  return (JSON.parse(await hub.read('/topics')) as { topics: object[] }).topics;
}

const shared = new SharedHub();

/** A hub with four events; one of its own for a test that looks at positions or counters. */
async function start(server = shared.emptied()): Promise<TestHub> {
  const hub = await server;
  await hub.post(CARS, events(1, 2, 3));
  await hub.post('/topics/cars/streams/car-2/events/data', events(4));
  return hub;
}

describe('GET /topics', () => {
  it('shows what each topic holds, where it begins and ends, and its retention', async () => {
    const hub = await start(TestHub.start());
    await hub.post('/v0/events?name=shop&wait=true', '{"item":"a"}\n{"item":"b"}');
    expect(await topics(hub)).toEqual([
      {
        ...{ name: 'cars', kind: 'events', events: 4, streams: 2, position: '4', earliest: '0' },
        ...{ createdAt: expect.any(String) as string, bytes: expect.any(Number) as number },
        storedAt: expect.stringMatching(/^20\d\d-/) as string,
        retention: { age: null, bytes: null },
      },
      expect.objectContaining({ name: 'shop', kind: 'rows', rows: 2, position: '2', earliest: '0' }),
    ]);
  });

  it('says of a topic in which nothing was stored that there was nothing', async () => {
    const hub = await TestHub.start();
    await hub.fetch('/topics/empty/streams/s', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"name": "S"}',
    });
    expect(await topics(hub)).toMatchObject([{ events: 0, streams: 1, storedAt: null }]);
  });
});

describe('GET /topics/{topic}', () => {
  it('gives a topic as it is listed', async () => {
    const hub = await start();
    expect([JSON.parse(await hub.read('/topics/cars'))]).toEqual(await topics(hub));
  });

  it.each([
    ['a topic that is not there', '/topics/vans', 'admin', 404],
    ['a topic that the token may not read', '/topics/cars', 'read:vans', 403],
  ])('refuses %s', async (_, path, scope, status) => {
    const hub = await start();
    const headers = { authorization: `Bearer ${token(scope)}` };
    expect((await hub.fetch(path, { headers })).status).toBe(status);
  });
});

describe('DELETE /topics/{topic}', () => {
  it('removes a topic with the scope drop, and SQL sees it no more', async () => {
    const hub = await start(TestHub.start());
    const response = await remove(hub, '/topics/cars', 'drop:cars');
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(await topics(hub)).toEqual([]);
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_removals_waiting \d$[^]*^writer_hub_retention_waiting 0$/m);
    expect((await hub.fetch(CARS)).status).toBe(404);
    expect((await hub.post('/v0/sql', { q: 'SELECT count(*) FROM cars' })).status).toBe(404);
    expect((await hub.post(CARS, events(9))).status).toBe(200);
    expect(JSON.parse(await hub.read(CARS))).toMatchObject({ events: [{ timestamp: 9 }], next: null });
  });

  it('removes a data source', async () => {
    const hub = await start();
    await hub.post('/v0/events?name=shop&wait=true', '{"item":"a"}');
    expect((await remove(hub, '/topics/shop', 'drop:*')).status).toBe(204);
    expect((await hub.fetch('/v0/datasources/shop')).status).toBe(404);
    await hub.post('/v0/events?name=shop&wait=true', '{"price":1}');
    expect(JSON.parse(await hub.read('/v0/sql?q=SELECT%20*%20FROM%20shop'))).toMatchObject({ data: [{ price: 1 }] });
  });

  it('answers a position of the topic that had the name before with 410 and the earliest one', async () => {
    const hub = await start();
    const { next } = JSON.parse(await hub.read(`${CARS}?limit=1`)) as { next: string };
    await remove(hub, '/topics/cars');
    await hub.post(CARS, events(9));
    const response = await hub.fetch(`${CARS}?after=${next}`);
    expect(response.status).toBe(410);
    const problem = (await response.json()) as { earliest: string };
    expect(problem).toMatchObject({
      code: 'position_gone',
      detail: expect.stringContaining(problem.earliest) as string,
    });
    expect(JSON.parse(await hub.read(`${CARS}?after=${problem.earliest}`))).toMatchObject({
      events: [{ timestamp: 9 }],
    });
  });

  it('is the way to free a store whose topics are all used', async () => {
    const hub = await TestHub.start({ maxTopics: 1 });
    await hub.post('/topics/a/streams/s/events/data', events(1));
    const refused = await hub.post('/topics/b/streams/s/events/data', events(1));
    expect([refused.status, await refused.json()]).toMatchObject([507, { code: 'topic_limit' }]);
    await remove(hub, '/topics/a');
    expect((await hub.post('/topics/b/streams/s/events/data', events(1))).status).toBe(200);
  });
});

describe('DELETE /topics/{topic}/streams/{streamId}', () => {
  it('removes a stream, of which SQL sees nothing from the answer on', async () => {
    const hub = await start();
    const count = async (): Promise<unknown> =>
      JSON.parse(
        await hub.read(
          `/v0/sql?q=${encodeURIComponent('SELECT count(*) AS n, max(timestamp) AS last, min(stream_id) AS id FROM cars')}`,
        ),
      );
    expect(await count()).toMatchObject({ data: [{ n: 4, last: 4, id: 'car-1' }] });
    expect((await remove(hub, '/topics/cars/streams/car-1', 'drop:cars')).status).toBe(204);
    expect(await count()).toMatchObject({ data: [{ n: 1, last: 4, id: 'car-2' }] });
    expect((await hub.fetch('/topics/cars/streams/car-1')).status).toBe(404);
    expect(JSON.parse(await hub.read('/topics/cars/events/data'))).toMatchObject({ events: [{ timestamp: 4 }] });
  });
});

describe('a topic or stream to be removed', () => {
  it.each([
    ['DELETE', '/topics/nowhere', 404, 'unknown_topic'],
    ['DELETE', '/topics/nowhere/streams/s', 404, 'unknown_topic'],
    ['DELETE', '/topics/cars/streams/nowhere', 404, 'unknown_stream'],
    ['DELETE', '/topics/shop/streams/s', 409, 'wrong_topic_kind'],
    ['DELETE', '/v0/datasources/cars', 409, undefined],
    ['DELETE', '/topics/%00', 400, 'invalid_name'],
    ['PUT', '/topics/nowhere', 404, 'unknown_topic'],
  ])('%s %s is answered with %i', async (method, path, status, code) => {
    const hub = await start();
    await hub.post('/v0/events?name=shop&wait=true', '{"item":"a"}');
    const init = { method, ...(method === 'PUT' && { body: '{"retention":{}}' }) };
    const response = await hub.fetch(path, { ...init, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(status);
    if (code !== undefined) expect(await response.json()).toMatchObject({ code });
  });

  it.each([
    ['DELETE', '/topics/cars'],
    ['DELETE', '/topics/cars/streams/car-1'],
    ['PUT', '/topics/cars'],
  ])('%s %s takes the scope drop of that topic', async (method, path) => {
    const hub = await start();
    const headers = { ...bearer(['create', 'append:*', 'read:*', 'drop:car']), 'content-type': 'application/json' };
    const init = { method, headers, ...(method === 'PUT' && { body: '{"retention":{"age":"1d"}}' }) };
    const response = await hub.fetch(path, init);
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { code: 'forbidden', detail: 'the token lacks the scope drop:cars' },
    ]);
  });
});

describe('PUT /topics/{topic}', () => {
  it('sets the retention, which GET /topics shows', async () => {
    const hub = await start();
    const set = (retention: object) => put(hub, '/topics/cars', { retention }, 'drop:cars');
    expect((await set({ age: '48h', bytes: 1_000_000 })).status).toBe(200);
    expect(await topics(hub)).toMatchObject([{ retention: { age: '2d', bytes: 1_000_000 } }]);
    expect((await set({ age: 'never', bytes: null })).status).toBe(200);
    expect(await topics(hub)).toMatchObject([{ retention: { age: 'never', bytes: null } }]);
    expect((await set({ age: null })).status).toBe(200);
    expect(await topics(hub)).toMatchObject([{ retention: { age: null, bytes: null }, events: 4 }]);
  });

  it('asks before the topic loses everything, and does it with confirm=true', async () => {
    const hub = await start(TestHub.start());
    const asked = await put(hub, '/topics/cars', { retention: { bytes: 1 } });
    expect([asked.status, await asked.json()]).toMatchObject([
      409,
      { code: 'confirmation_required', detail: expect.stringContaining('4 events') as string },
    ]);
    expect(await topics(hub)).toMatchObject([{ events: 4, retention: { bytes: null } }]);
    expect((await put(hub, '/topics/cars?confirm=true', { retention: { bytes: 1 } })).status).toBe(200);
    while (!(await hub.read('/topics')).includes('"events":0'));
    expect(await topics(hub)).toMatchObject([{ position: '4', earliest: '4', bytes: 0 }]);
    const response = await hub.fetch(`${CARS}?after=2`);
    expect([response.status, await response.json()]).toMatchObject([410, { code: 'position_gone', earliest: '4' }]);
  });

  it.each([
    [undefined],
    [[]],
    [{}],
    [{ retention: null }],
    [{ retention: { age: 7 } }],
    [{ retention: { age: '7 days' } }],
    [{ retention: { age: '0s' } }],
    [{ retention: { bytes: -1 } }],
    [{ retention: { bytes: 1.5 } }],
    [{ retention: { bytes: '1' } }],
    [{ retention: { days: 7 } }],
    [{ retention: {}, name: 'n' }],
  ])('refuses the body %j', async (body) => {
    const hub = await start();
    const response = await put(hub, '/topics/cars', body);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_properties' }]);
  });

  it.each(['yes', '1', '', 'true&confirm=true'])('refuses confirm=%s', async (value) => {
    const hub = await start();
    const response = await put(hub, `/topics/cars?confirm=${value}`, { retention: {} });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_query' }]);
  });
});

describe('WRITER_HUB_RETENTION_AGE and WRITER_HUB_RETENTION_BYTES', () => {
  it('hold for topics without a retention of their own', async () => {
    const hub = await TestHub.start({ retentionBytes: 1 });
    await hub.post(CARS, events(1, 2, 3));
    await put(hub, '/topics/cars?confirm=true', { retention: { bytes: 0 } });
    await hub.post('/topics/other/streams/s/events/data', events(1, 2, 3));
    await put(hub, '/topics/other?confirm=true', { retention: { bytes: null } });
    while (!(await hub.read('/topics')).includes('"events":0'));
    expect(await topics(hub)).toMatchObject([
      { name: 'cars', events: 3 },
      { name: 'other', events: 0 },
    ]);
  });
});

describe('a share of the topics', () => {
  const create = async (hub: TestHub, bearer: { authorization: string }, name: string): Promise<unknown> => {
    const response = await hub.post(`/topics/${name}/streams/s/events/data`, events(1), bearer);
    return response.status === 200 ? 200 : ((await response.json()) as { code: string }).code;
  };

  it('is all that one subject can make, while others still find a place', async () => {
    const hub = await TestHub.start({ maxTopics: 10 });
    const outcomes: unknown[] = [];
    for (let number = 0; number < 10; number++) outcomes.push(await create(hub, creator('greedy'), `g${number}`));
    expect(outcomes).toEqual([...Array<number>(7).fill(200), 'over_share', 'over_share', 'over_share']);
    expect(await create(hub, creator('modest'), 'm')).toBe(200);
    expect(await hub.read('/metrics')).toContain('writer_hub_limit_strikes_total{limit="topics"} 3\n');
    expect(hub.log().match(/"limit":"topics","who":"[^"]*greedy/g)).toHaveLength(1);
    // Data sources are topics.
    const row = await hub.post('/v0/events?name=rows&wait=true', '{"a":1}', creator('greedy'));
    expect(row.status).toBe(429);
    // What is there can be written to.
    expect(await create(hub, creator('greedy'), 'g0')).toBe(200);
    await remove(hub, '/topics/g0');
    await remove(hub, '/topics/g1');
    expect(await create(hub, creator('greedy'), 'again')).toBe(200);
  });

  it('does not bind an administrator', async () => {
    const hub = await TestHub.start({ maxTopics: 3 });
    for (const name of ['a', 'b', 'c'])
      expect(await create(hub, { authorization: `Bearer ${token('admin')}` }, name)).toBe(200);
    expect(await create(hub, creator('late'), 'd')).toBe('topic_limit');
  });

  it('refuses nobody for the sake of another in the same commit', async () => {
    const hub = await TestHub.start({ maxTopics: 4 });
    await create(hub, creator('greedy'), 'one');
    await create(hub, creator('greedy'), 'two');
    const both = await Promise.all([create(hub, creator('greedy'), 'new'), create(hub, creator('modest'), 'new')]);
    expect(both[1]).toBe(200);
  });
});
