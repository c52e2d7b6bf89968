import { SharedHub } from '../../support/shared-hub';
import { bearerOf, temporaryDirectory } from '../../support/test-hub';
import { RowsHub, errorOf } from './support/rows';

const shared = new SharedHub();
const emptied = async (): Promise<RowsHub> => RowsHub.of(await shared.emptied());

const ROW = '{"n":1}';
const KEY = { 'idempotency-key': 'order-4711' };
const EVENTS = '/topics/cars/streams/car-1/events/data';
const EVENT = [{ id: 'a', timestamp: 1 }];
const OTHER_EVENT = [{ id: 'a', timestamp: 2 }];

describe('Idempotency-Key on /v0/events', () => {
  it('stores rows once, however often and however many at once they are sent, and answers alike', async () => {
    const rows = await emptied();
    const body = `${ROW}\n{"n":"x"}\n`;
    await rows.schema('a', '`n` Int8');
    const first = await rows.stored('a', body, KEY);
    expect(first).toMatchObject({ successful_rows: 1, quarantined_rows: 1, errors: [{ row: 2, column: 'n' }] });
    const again = await Promise.all(Array.from({ length: 20 }, () => rows.stored('a', body, KEY)));
    expect(again).toEqual(Array.from({ length: 20 }, () => first));
    expect(await rows.counts('a')).toEqual([1, 1]);
  });

  it('answers 202 without wait, after the commit', async () => {
    const rows = await emptied();
    for (let times = 0; times < 3; times++) {
      const response = await rows.events('name=a', ROW, KEY);
      expect([response.status, await response.text()]).toEqual([202, '{"successful_rows":1,"quarantined_rows":0}']);
      expect(await rows.counts('a')).toEqual([1, 0]);
    }
  });

  it('answers as the first time although the schema has changed since', async () => {
    const rows = await emptied();
    await rows.schema('a', '`n` Int8');
    const body = '{"n":300}';
    const first = await rows.stored('a', body, KEY);
    expect(first.quarantined_rows).toBe(1);
    await rows.schema('a', '`n` Int16');
    expect(await rows.stored('a', body, KEY)).toEqual(first);
    expect(await rows.counts('a')).toEqual([0, 1]);
  });

  it('refuses the same key with other rows with 422, and stores nothing of them', async () => {
    const rows = await emptied();
    await rows.stored('a', ROW, KEY);
    const response = await rows.events('name=a', '{"n":2}', KEY);
    expect(response.status).toBe(422);
    await errorOf(response);
    expect(await rows.counts('a')).toEqual([1, 0]);
  });

  it('counts for one data source', async () => {
    const rows = await emptied();
    await rows.stored('a', ROW, KEY);
    await rows.stored('b', ROW, KEY);
    expect([await rows.counts('a'), await rows.counts('b')]).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it('counts for one subject of tokens, so that nobody takes a key from another', async () => {
    const rows = await emptied();
    await rows.stored('a', ROW, { ...KEY, ...bearerOf('ann') });
    await rows.stored('a', '{"n":2}', { ...KEY, ...bearerOf('bob') });
    expect(await rows.counts('a')).toEqual([2, 0]);
    for (const [subject, row] of [
      ['ann', ROW],
      ['bob', '{"n":2}'],
    ] as const) {
      await rows.stored('a', row, { ...KEY, ...bearerOf(subject) });
      expect((await rows.events('name=a', '{"n":3}', { ...KEY, ...bearerOf(subject) })).status).toBe(422);
    }
    expect(await rows.counts('a')).toEqual([2, 0]);
  });

  it('outlives a restart', async () => {
    const dataDir = temporaryDirectory();
    const before = await RowsHub.start({ dataDir });
    const first = await before.stored('a', ROW, KEY);
    await before.hub.post(EVENTS, EVENT, KEY);
    await before.hub.close();
    const after = await RowsHub.start({ dataDir });
    expect(await after.stored('a', ROW, KEY)).toEqual(first);
    expect((await after.events('name=a', '{"n":2}', KEY)).status).toBe(422);
    expect((await after.hub.post(EVENTS, EVENT, KEY)).status).toBe(200);
    expect(await after.counts('a')).toEqual([1, 0]);
    expect(await after.hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":1');
  });

  it('is forgotten with a request that is refused', async () => {
    const rows = await emptied();
    expect((await rows.events('name=a', 'nonsense', KEY)).status).toBe(400);
    expect((await rows.events('name=a', ROW, KEY)).status).toBe(202);
  });

  it.each([
    ['is empty', ''],
    ['is longer than 255 characters', 'x'.repeat(256)],
    ['holds what is not printable ASCII', 'schl\xfcssel'],
  ])('that %s is refused', async (reason, value) => {
    const rows = await emptied();
    const response = await rows.events('name=a', ROW, { 'idempotency-key': value });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toBe(`the idempotency key ${reason}`);
  });
});

describe('Idempotency-Key on /topics', () => {
  it('stores events once and answers alike', async () => {
    const { hub } = await emptied();
    for (let times = 0; times < 3; times++) {
      const response = await hub.post(EVENTS, EVENT, KEY);
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":1');
  });

  it('refuses the same key for other events of the stream with 422', async () => {
    const { hub } = await emptied();
    await hub.post(EVENTS, EVENT, KEY);
    const response = await hub.post(EVENTS, OTHER_EVENT, KEY);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'idempotency_mismatch' });
  });

  it.each([
    ['stream', '/topics/cars/streams/car-2/events/data', bearerOf('ann')],
    ['topic', '/topics/boats/streams/car-1/events/data', bearerOf('ann')],
    ['subject', EVENTS, bearerOf('bob')],
  ])('takes the same key for another %s, which is another request', async (_, path, who) => {
    const { hub } = await emptied();
    await hub.post(EVENTS, EVENT, { ...KEY, ...bearerOf('ann') });
    for (let times = 0; times < 2; times++) {
      expect((await hub.post(path, OTHER_EVENT, { ...KEY, ...who })).status).toBe(200);
    }
    const read = async (target: string) => JSON.parse(await hub.read(target)) as { events: { timestamp: number }[] };
    const stored = [...(await read(EVENTS)).events, ...(path === EVENTS ? [] : (await read(path)).events)];
    expect(stored.map(({ timestamp }) => timestamp)).toEqual([1, 2]);
  });

  it('counts for a subject, whichever of its tokens a request comes with; tokens without one are one subject', async () => {
    const { hub } = await emptied();
    for (const who of [{}, {}, bearerOf('ann'), bearerOf('ann')]) {
      expect((await hub.post(EVENTS, EVENT, { ...KEY, ...who })).status).toBe(200);
    }
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"eventCount":2');
  });

  it('refuses a key that is none', async () => {
    const { hub } = await emptied();
    const response = await hub.post(EVENTS, EVENT, { 'idempotency-key': '' });
    expect(await response.json()).toMatchObject({ code: 'invalid_idempotency_key', status: 400 });
  });
});
