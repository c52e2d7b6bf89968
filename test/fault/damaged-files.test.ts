import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TestHub } from '../support/test-hub';

describe('a server whose database files are removed while it runs', () => {
  it('acknowledges nothing more, says why, and is not ready', async () => {
    const hub = await TestHub.start();
    const post = (): Promise<Response> =>
      hub.post('/topics/t/streams/s/events/data', [{ timestamp: 1, id: 'e', value: 'v' }]);
    expect((await post()).status).toBe(200);
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_log_bytes [1-9]\d*$/m);
    for (const ending of ['', '-wal', '-shm']) rmSync(join(hub.hub.dataDir, `writer-hub.db${ending}`));
    for (let times = 0; times < 3; times++) {
      const refused = await post();
      expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'store_unavailable' }]);
    }
    const ready = await hub.fetch('/readyz');
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('was removed while the store')]);
    await hub.logged('the store cannot write');
    expect(hub.log().match(/"level":50/g)).toHaveLength(1);
  });
});
