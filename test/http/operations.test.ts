import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TestHub, atEnd, temporaryDirectory } from '../support/test-hub';

const EVENTS = '/topics/cars/streams/car-1/events/data';
const EVENT = { id: 'a', timestamp: 1 };

describe('operations', () => {
  it.each(['/', '/healthz', '/readyz', '/metrics'])('GET %s needs no token', async (path) => {
    const hub = await TestHub.start();
    expect((await fetch(`${hub.url}${path}`)).status).toBe(200);
  });

  it('GET / says in which formats SQL gives results', async () => {
    const hub = await TestHub.start();
    const { sql, sqlFormats } = JSON.parse(await hub.read('/')) as { sql: string; sqlFormats: string[] };
    expect(sql).toBe('/v0/sql');
    expect(sqlFormats[0]).toBe('JSON');
    for (const format of sqlFormats) {
      expect((await hub.fetch(`${sql}?q=${encodeURIComponent(`SELECT 1 FORMAT ${format}`)}`)).status).toBe(200);
    }
  });

  it('counts events, errors and connections, and names no topic', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, [EVENT, EVENT]);
    await hub.post(EVENTS, [{}]);
    await hub.connect();
    const text = await hub.read('/metrics');
    expect(text).toContain('writer_hub_events_total 2');
    expect(text).toContain('writer_hub_errors_total{code="invalid_events"} 1');
    expect(text).toContain('writer_hub_hub_connections{transport="webSockets",protocol="json"} 1');
    expect(text).not.toContain('cars');
  });

  it('says that it is not ready while another process holds the database, and is ready again after', async () => {
    const dataDir = temporaryDirectory();
    const hub = await TestHub.start({ dataDir, busyTimeout: 50 });
    await hub.post(EVENTS, [EVENT]);
    const other = new Database(join(dataDir, 'writer-hub.db'));
    atEnd(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');

    const refused = await hub.post(EVENTS, [EVENT]);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      code: 'store_unavailable',
      detail: expect.stringContaining('lock') as string,
    });
    const notReady = await hub.fetch('/readyz');
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toMatchObject({ code: 'store_unavailable' });
    expect((await hub.fetch('/healthz')).status).toBe(200);

    other.exec('ROLLBACK');
    expect((await hub.fetch('/readyz')).status).toBe(200);
    expect((await hub.post(EVENTS, [EVENT])).status).toBe(200);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":2');
  });
});
