import { once } from 'node:events';
import { connect } from 'node:net';
import { TestHub, atEnd, bearerOf, temporaryDirectory } from '../support/test-hub';

/** Rows of more bytes than the main thread checks. */
const largeRows = (n: number, count = 20_000) => `{"n":${n}}\n`.repeat(count);
/** What one subject sends stays in order, over whichever connection. */
const SENDER = bearerOf('sender');
const largeEvents = (id: string) => JSON.stringify([{ id, timestamp: 1, value: 'x'.repeat(300_000) }]);
const EVENTS = '/topics/cars/streams/car-1/events/data';

async function numbers(hub: TestHub, sql: string): Promise<number[]> {
  const text = await hub.read(`/v0/sql?q=${encodeURIComponent(`${sql} FORMAT JSONEachRow`)}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Object.values(JSON.parse(line) as Record<string, number>)[0]!);
}

/** Sends requests to post rows behind each other on one connection, and resolves with as many status codes. */
async function pipeline(hub: TestHub, bodies: readonly string[]): Promise<string[]> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  atEnd(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  for (const body of bodies) {
    const lines = [
      'POST /v0/events?name=rows HTTP/1.1',
      'Host: hub',
      `Authorization: ${SENDER.authorization}`,
      `Content-Length: ${body.length}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }
  let text = '';
  for (;;) {
    const statuses = text.match(/(?<=HTTP\/1\.1 )\d{3}/g) ?? [];
    if (statuses.length >= bodies.length) return statuses;
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString();
  }
}

describe('large bodies', () => {
  it('of rows keep their place in front of small ones, whether the data source is there or not', async () => {
    const hub = await TestHub.start();
    const bodies = [largeRows(1), largeRows(2), '{"n":3}', largeRows(4), '{"n":5}'];
    expect(await pipeline(hub, bodies)).toEqual(Array(5).fill('202'));
    expect(await pipeline(hub, [largeRows(6), '{"n":7}'])).toEqual(['202', '202']);
    expect((await hub.post('/v0/events?name=rows&wait=true', '{"n":8}', SENDER)).status).toBe(200);
    const changes = 'SELECT n FROM (SELECT n, lag(n, 1, -1) OVER () AS before FROM rows) WHERE n IS NOT before';
    expect(await numbers(hub, changes)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await numbers(hub, 'SELECT count(*) FROM rows')).toEqual([80_004]);
  });

  it('of rows say what is wrong with a row, and are stored once under an idempotency key', async () => {
    const hub = await TestHub.start();
    await hub.post('/v0/events?name=rows&wait=true', '{"n":1}');
    const body = `${largeRows(1)}{"n":"x"}`;
    const send = (sent: string) => hub.post('/v0/events?name=rows', sent, { 'idempotency-key': 'k' });
    const first = await send(body);
    const text = await first.text();
    expect(JSON.parse(text)).toMatchObject({
      successful_rows: 20_000,
      quarantined_rows: 1,
      errors: [{ row: 20_001, column: 'n' }],
    });
    expect(await (await send(body)).text()).toBe(text);
    expect((await send(largeRows(2))).status).toBe(422);
    expect(await numbers(hub, 'SELECT count(*) FROM rows')).toEqual([20_001]);
  });

  it('of events keep their place in front of small ones and of what is done with the stream', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const send = (events: unknown) => connection.invoke('SendEventData', 'cars', 'car-1', events);
    await Promise.all([
      send(JSON.parse(largeEvents('large'))),
      send([{ id: 'small', timestamp: 1 }]),
      connection.invoke('CloseStream', 'cars', 'car-1'),
    ]);
    const ids = [...(await hub.read(EVENTS)).matchAll(/"id":"(\w+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(['large', 'small']);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"status":"closed"');
  });

  it('of events are refused with the problem, and stored once under an idempotency key', async () => {
    const hub = await TestHub.start();
    const bad = await hub.post(EVENTS, largeEvents('a').replace('"id":"a"', '"id":1'));
    expect(await bad.json()).toMatchObject({ code: 'invalid_events', problems: [{ index: 0, path: '$.id' }] });
    const keyed = (id: string) => hub.post(EVENTS, largeEvents(id), { 'idempotency-key': 'k' });
    expect([(await keyed('a')).status, (await keyed('a')).status, (await keyed('b')).status]).toEqual([200, 200, 422]);
    expect([...(await hub.read(EVENTS)).matchAll(/"id":"a"/g)]).toHaveLength(1);
  });

  it('that are being checked when the server stops are stored if their sender was told so', async () => {
    const dataDir = temporaryDirectory();
    const hub = await TestHub.start({ dataDir });
    await hub.post('/v0/events?name=rows&wait=true', '{"n":0}');
    const sent = [1, 2, 3, 4].map((n) =>
      hub.post('/v0/events?name=rows', largeRows(n)).then(
        ({ status }) => (status === 202 ? n : 0),
        () => 0,
      ),
    );
    await hub.logged('"path":"/v0/events"');
    await hub.close();
    const told = (await Promise.all(sent)).filter((n) => n > 0);
    const again = await TestHub.start({ dataDir });
    const kept = await numbers(again, 'SELECT DISTINCT n FROM rows WHERE n > 0 ORDER BY n');
    expect(kept).toEqual(expect.arrayContaining(told));
  });
});

describe('schemas', () => {
  it.each([
    [
      'posted',
      (hub: TestHub) => hub.post('/v0/datasources?name=s', `SCHEMA >\n    a String DEFAULT '${'x'.repeat(2000)}'`),
    ],
    ['inferred', (hub: TestHub) => hub.post('/v0/events?name=s', JSON.stringify({ ['k'.repeat(5000)]: 1 }))],
    [
      'inferred from fields deep in each other',
      (hub: TestHub) => hub.post('/v0/events?name=s', `${`{"${'k'.repeat(200)}":`.repeat(60)}1${'}'.repeat(60)}`),
    ],
    ['much too long', (hub: TestHub) => hub.post('/v0/datasources?name=s', ' '.repeat(10_000))],
  ])('that are too long are refused: %s', async (name, send) => {
    const hub = await TestHub.start({ maxSchemaBytes: 1024 });
    const response = await send(hub);
    expect(response.status).toBe(name === 'much too long' ? 413 : 400);
    expect(await response.text()).toMatch(/schema|names of the fields|over 3072 bytes/);
  });

  it('that grow by added columns are refused once they are too long', async () => {
    const hub = await TestHub.start({ maxSchemaBytes: 1024 });
    const add = (n: number) =>
      hub.post(
        '/v0/datasources?name=s',
        `SCHEMA >\n${Array.from({ length: n }, (_, i) => `    ${'c'.repeat(100)}${i} Nullable(Int8)`).join(',\n')}`,
      );
    expect((await add(2)).status).toBe(200);
    const refused = await add(6);
    expect(await refused.text()).toContain('takes more than 1024 bytes (max-schema-bytes)');
  });
});

describe('short bodies that take long to check', () => {
  it('are stored in the order in which they came', async () => {
    const hub = await TestHub.start();
    expect((await hub.post('/v0/events?name=rows&wait=true', '{"n":0}', SENDER)).status).toBe(200);
    // From now on whatever is looked at has taken too long.
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    const slow = (n: number): string => `{"n":${n}}\n`.repeat(400);
    expect(await pipeline(hub, [slow(1), '{"n":2}', slow(3), '{"n":4}'])).toEqual(Array(4).fill('202'));
    jest.restoreAllMocks();
    expect((await hub.post('/v0/events?name=rows&wait=true', '{"n":5}', SENDER)).status).toBe(200);
    const changes = 'SELECT n FROM (SELECT n, lag(n, 1, -1) OVER () AS before FROM rows) WHERE n IS NOT before';
    expect(await numbers(hub, changes)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await numbers(hub, 'SELECT count(*) FROM rows')).toEqual([804]);
  });
});
