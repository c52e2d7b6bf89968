import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import { atEnd, temporaryDirectory, TestHub, token } from './support/test-hub';

/** Runs a script as somebody else's program would run, with the server's address and a token in its environment. */
async function runScript(hub: TestHub, script: string, bearer = token('create', 'read:*')): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(__dirname, '..'),
    env: { ...process.env, URL: hub.url, TOKEN: bearer },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  atEnd(() => {
    child.kill();
  });
  const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(complaints);
  return output;
}

async function query(hub: TestHub, sql: string): Promise<unknown> {
  const answer = await hub.fetch(`/v0/sql?q=${encodeURIComponent(sql)}`);
  return ((await answer.json()) as { data: unknown }).data;
}

const ZOD_BIRD = `
  import { Tinybird } from '@chronark/zod-bird';
  import { z } from 'zod';
  const tb = new Tinybird({ baseUrl: process.env.URL, token: process.env.TOKEN });
  const event = z.object({ id: z.number().int(), city: z.string() });
  const ingest = tb.buildIngestEndpoint({ datasource: 'visits', event, wait: true });`;

const SDK = `
  import { createTinybirdApi } from '@tinybirdco/sdk/api';
  const tb = createTinybirdApi({ baseUrl: process.env.URL, token: process.env.TOKEN });`;

describe('published clients of the Events API', () => {
  it('@chronark/zod-bird sends one row and many, with and without waiting', async () => {
    const hub = await TestHub.start();
    const printed = await runScript(
      hub,
      `${ZOD_BIRD}
      const noWait = tb.buildIngestEndpoint({ datasource: 'visits', event });
      console.log(JSON.stringify(await ingest({ id: 1, city: 'Chicago' })));
      console.log(JSON.stringify(await noWait([{ id: 2, city: 'Köln' }, { id: 3, city: '' }])));
      console.log(JSON.stringify(await ingest([{ id: 4, city: 'Łódź' }])));`,
    );
    expect(printed).toBe(
      '{"successful_rows":1,"quarantined_rows":0}\n{"successful_rows":2,"quarantined_rows":0}\n{"successful_rows":1,"quarantined_rows":0}\n',
    );
    expect(await query(hub, 'SELECT id, city FROM visits ORDER BY id')).toEqual([
      { id: 1, city: 'Chicago' },
      { id: 2, city: 'Köln' },
      { id: 3, city: '' },
      { id: 4, city: 'Łódź' },
    ]);
  });

  it('@chronark/zod-bird reads a refusal', async () => {
    const hub = await TestHub.start();
    const printed = await runScript(
      hub,
      `${ZOD_BIRD}
      await ingest({ id: 1, city: 'Chicago' }).catch((error) => console.log(error.message));`,
      token('read:*'),
    );
    expect(printed).toBe('Unable to ingest to visits: Unauthorized\n');
  });

  it('@tinybirdco/sdk ingests rows and queries them', async () => {
    const hub = await TestHub.start();
    const printed = await runScript(
      hub,
      `${SDK}
      const first = await tb.ingest('orders', { id: 9007199254740993n, placed: '2024-01-23T10:30:00.123Z', tags: new Map([['a', 'b']]) });
      const more = await tb.ingestBatch('orders', [{ id: 2n, placed: '2024-01-23 10:30:01', tags: { a: 'c' } }], { wait: false });
      console.log(JSON.stringify([first, more]));
      const { data, rows, meta } = await tb.sql('SELECT count(*) AS n, max(placed) AS latest FROM orders');
      console.log(JSON.stringify({ data, rows, names: meta.map(({ name }) => name) }));`,
    );
    expect(
      printed
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      [
        { successful_rows: 1, quarantined_rows: 0 },
        { successful_rows: 1, quarantined_rows: 0 },
      ],
      {
        data: [{ n: 2, latest: expect.stringMatching(/^2024-01-23 10:30:01/) as string }],
        rows: 1,
        names: ['n', 'latest'],
      },
    ]);
  });

  it('@tinybirdco/sdk truncates a data source, and reads an error', async () => {
    const hub = await TestHub.start();
    const printed = await runScript(
      hub,
      `${SDK}
      await tb.ingest('orders', { id: 1 });
      await tb.truncateDatasource('orders');
      console.log(JSON.stringify((await tb.sql('SELECT count(*) AS n FROM orders')).data));
      await tb.sql('DROP TABLE orders').catch((error) => console.log(error.statusCode, error.response.error.length > 0));`,
      token('admin'),
    );
    expect(printed).toBe('[{"n":0}]\n400 true\n');
  });

  it('@tinybirdco/mockingbird generates rows', async () => {
    const hub = await TestHub.start();
    await runScript(
      hub,
      `
      import { TinybirdGenerator } from '@tinybirdco/mockingbird';
      const generator = new TinybirdGenerator({
        schema: { name: { type: 'person.fullName' }, at: { type: 'mockingbird.datetimeNow' }, n: { type: 'number.int', params: [{ max: 100 }] } },
        endpoint: process.env.URL, datasource: 'people', token: process.env.TOKEN, eps: 20, limit: 60, logs: false,
      });
      await generator.generate();`,
    );
    expect(await query(hub, 'SELECT count(*) AS n, count(DISTINCT name) > 10 AS varied FROM people')).toEqual([
      { n: 60, varied: 1 },
    ]);
  });
});

describe('clients that are turned away for now', () => {
  const manyRows = {
    '@chronark/zod-bird': `${ZOD_BIRD}
      await ingest({ id: 0, city: 'first' });
      console.log('ready');
      for (let id = 1; id <= 5; id++) await ingest({ id, city: 'x' });`,
    '@tinybirdco/sdk': `${SDK}
      await tb.ingest('visits', { id: 0, city: 'first' }, { maxRetries: 20 });
      console.log('ready');
      for (let id = 1; id <= 5; id++) await tb.ingest('visits', { id, city: 'x' }, { maxRetries: 20 });`,
  };
  const clients = Object.entries(manyRows);
  const counts = 'SELECT count(*) AS n, count(DISTINCT id) AS different FROM visits';

  async function refusals(hub: TestHub, code: string): Promise<number> {
    const metrics = await hub.read('/metrics');
    return Number(new RegExp(`^writer_hub_errors_total\\{code="${code}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
  }

  it.each(clients)('%s backs off at 429 and delivers each row once', async (_, script) => {
    const hub = await TestHub.start({ maxTokenRequestRate: 2 });
    await runScript(hub, script);
    expect(await query(hub, counts)).toEqual([{ n: 6, different: 6 }]);
    expect(await refusals(hub, 'rate_limited')).toBeGreaterThan(0);
  });

  it.each(clients)('%s backs off at 503 and delivers each row once', async (_, script) => {
    const dataDir = temporaryDirectory();
    const hub = await TestHub.start({ dataDir, busyTimeout: 20 });
    await hub.fetch('/v0/events?name=visits&wait=true', { method: 'POST', body: '{"id":0,"city":"before"}' });
    // Another process that writes to the database makes every commit fail until it has ended.
    const other = new Database(join(dataDir, 'writer-hub.db'));
    atEnd(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const done = runScript(hub, script);
    await hub.logged('the store cannot write');
    while ((await refusals(hub, 'store_unavailable')) === 0);
    other.exec('ROLLBACK');
    await done;
    expect(await query(hub, 'SELECT id, count(*) AS n FROM visits WHERE id > 0 GROUP BY id')).toEqual(
      [1, 2, 3, 4, 5].map((id) => ({ id, n: 1 })),
    );
  });
});
