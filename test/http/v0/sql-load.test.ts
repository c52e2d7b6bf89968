import { once } from 'node:events';
import { connect } from 'node:net';
import { TestHub, token } from '../../support/test-hub';
import { sqlPath } from './support/sql-client';

const ROWS = '{"city":"Chicago","n":1}\n{"city":"Zürich","n":9223372036854775807}\n';

/** A server with a data source and a topic of events. */
async function filled(settings: Parameters<typeof TestHub.start>[0] = {}): Promise<TestHub> {
  const hub = await TestHub.start(settings);
  const events = [{ timestamp: 1, id: 'speed', value: '42' }];
  const posted = [
    await hub.post('/v0/events?name=places&wait=true', ROWS),
    await hub.post('/topics/cars/streams/trip/events/data', events),
  ];
  expect(posted.map(({ status }) => status)).toEqual([200, 200]);
  return hub;
}

describe('/v0/sql under load', () => {
  const endless = 'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t';

  it('answers 408 when a query takes too long, and goes on', async () => {
    const hub = await filled({ sqlTimeout: 500, sqlProcesses: 1 });
    const stopped = await hub.fetch(sqlPath(endless));
    expect(stopped.status).toBe(408);
    expect(await stopped.json()).toMatchObject({ error: 'the query took longer than 500 ms and was stopped' });
    expect(await hub.read(sqlPath('SELECT count(*) FROM places FORMAT TSV'))).toBe('2\n');
    expect((await hub.post('/v0/events?name=places&wait=true', ROWS)).status).toBe(200);
    expect(await hub.read(sqlPath('SELECT count(*) FROM places FORMAT TSV'))).toBe('4\n');
  });

  it.each([{ origin: 'http://127.0.0.1' }, { 'sec-fetch-site': 'same-origin' }])(
    'answers 504 to a page then, as browsers repeat what is answered with 408 (%j)',
    async (headers) => {
      const hub = await filled({ sqlTimeout: 500, corsOrigins: ['http://127.0.0.1'] });
      const stopped = await hub.fetch(sqlPath(endless), {
        headers: { ...headers, authorization: `Bearer ${token('admin')}` },
      });
      expect(stopped.status).toBe(504);
      expect(await stopped.json()).toMatchObject({
        error: 'the query took longer than 500 ms and was stopped',
        documentation: expect.stringMatching(/#query_timeout$/) as string,
      });
    },
  );

  it('answers 400 when a result is too large', async () => {
    const hub = await filled({ maxResultRows: 1, maxResultBytes: 1024 });
    expect((await hub.fetch(sqlPath('SELECT n FROM places'))).status).toBe(400);
    expect((await hub.fetch(sqlPath("SELECT printf('%1100d', 1)"))).status).toBe(400);
    expect((await hub.fetch(sqlPath('SELECT n FROM places LIMIT 1'))).status).toBe(200);
  });

  it('stops a query whose caller has gone away', async () => {
    const hub = await filled({ sqlProcesses: 1, sqlTimeout: 600_000 });
    const caller = connect(Number(new URL(hub.url).port), '127.0.0.1');
    await once(caller, 'connect');
    caller.write(`GET ${sqlPath(endless)}&token=${token('admin')} HTTP/1.1\r\nHost: x\r\n\r\n`);
    // The one process is taken, so that this waits until the other query has ended.
    const next = hub.read(sqlPath('SELECT 1 FORMAT TSV'));
    caller.destroy();
    expect(await next).toBe('1\n');
  });

  it('refuses results that slow callers leave lying beyond a bound', async () => {
    // More than the buffers of a socket take.
    const size = 30_000_000;
    const hub = await TestHub.start({ maxHeldBytes: size + 1000, maxResultBytes: size + 1000 });
    const query = sqlPath(
      "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 300) SELECT printf('%99999d', x) FROM t FORMAT TSV",
    );
    const slow = connect(Number(new URL(hub.url).port), '127.0.0.1');
    slow.write(`GET ${query}&token=${token('admin')} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(slow, 'readable');
    const refused = await hub.fetch(query);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    slow.destroy();
    // The server hears of it before long.
    let response = await hub.fetch(query);
    while (response.status === 503) response = await hub.fetch(query);
    expect((await response.arrayBuffer()).byteLength).toBe(size);
  });

  it('sends large results whole', async () => {
    const hub = await TestHub.start({ maxResultRows: 400_000 });
    const text = await hub.read(
      sqlPath(
        'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE x < 400000) SELECT x FROM t FORMAT TSV',
      ),
    );
    expect(text.split('\n')).toHaveLength(400_001);
    expect(text.endsWith('\n399999\n400000\n')).toBe(true);
  });
});
