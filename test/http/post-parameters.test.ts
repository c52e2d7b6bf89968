import { gzipSync } from 'node:zlib';
import { SharedHub, freshName } from '../support/shared-hub';
import { token } from '../support/test-hub';

const shared = new SharedHub();

const PACKAGE = {
  epoch: 1514764800000000000,
  timestamps: [0, 1, 2],
  numericValues: { Speed: [1.5, null, 3], Gear: [1, 2, 3] },
  stringValues: { Mood: ['good', null, ''] },
  binaryValues: { Raw: ['QQ==', null, ''] },
  tagValues: { lap: ['1', '1', '2'] },
};

const pathOf = (topic: string): string => `/topics/${topic}/streams/car-1/parameters/data`;

/** The topics that there are. */
async function topics(): Promise<string[]> {
  const { topics: found } = JSON.parse(await (await shared.hub()).read('/topics')) as { topics: { name: string }[] };
  return found.map(({ name }) => name);
}

describe('POST parameter data', () => {
  it.each([
    ['a package', PACKAGE],
    ['one in PascalCase', { Epoch: 0, Timestamps: ['1514764800000000000'], NumericValues: { Speed: [1] } }],
    ['one without values', { timestamps: [1] }],
  ])('takes %s and answers 200 with an empty body', async (_, body) => {
    const [hub, topic] = [await shared.hub(), freshName()];
    const response = await hub.post(pathOf(topic), body);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await topics()).toContain(topic);
  });

  it('takes a gzipped body, and one that is large', async () => {
    const hub = await shared.hub();
    const gzipped = gzipSync(JSON.stringify(PACKAGE));
    expect((await hub.post(pathOf('zipped'), gzipped, { 'content-encoding': 'gzip' })).status).toBe(200);
    const timestamps = Array.from({ length: 30_000 }, (_, n) => n);
    const large = { epoch: PACKAGE.epoch, timestamps, numericValues: { Speed: timestamps } };
    expect((await hub.post(pathOf('large'), large)).status).toBe(200);
  });

  it('answers 200 to a package without timestamps and stores nothing', async () => {
    const [hub, topic] = [await shared.hub(), freshName()];
    expect((await hub.post(pathOf(topic), { timestamps: [] })).status).toBe(200);
    expect(await topics()).not.toContain(topic);
  });

  it.each([
    ['an array', '[{"timestamps":[1]}]', 'the text is an array, not a package', 0, '$'],
    [
      'a column of another length',
      '{"timestamps":[1,2,3],"numericValues":{"Speed":[1,2]}}',
      'numericValues.Speed has 2 values for 3 timestamps',
      0,
      '$.numericValues.Speed',
    ],
    [
      'a value of the wrong kind',
      '{"timestamps":[1,2],"numericValues":{"Speed":[1,"2"]}}',
      'numericValues.Speed[1] is a string, not a number or null',
      1,
      '$.numericValues.Speed[1]',
    ],
    [
      'a time beyond int64',
      '{"epoch":9223372036854775807,"timestamps":[0,1]}',
      'timestamps[1] is 9223372036854775808 with the epoch, out of int64',
      1,
      '$.timestamps[1]',
    ],
  ])('refuses %s, saying where, and stores nothing', async (_, body, message, index, path) => {
    const [hub, topic] = [await shared.hub(), freshName()];
    const response = await hub.post(pathOf(topic), body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_parameters',
      detail: message,
      problems: [{ index, path, message }],
    });
    expect(await topics()).not.toContain(topic);
  });

  it('refuses NaN with its place', async () => {
    const hub = await shared.hub();
    const response = await hub.post(pathOf(freshName()), '{"timestamps":[1],"numericValues":{"Speed":[NaN]}}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'malformed_json',
      position: 44,
      detail: expect.stringContaining('in numericValues.Speed[0]; JSON has no such number') as string,
    });
  });

  it('asks for the scope, the content type and a known parameter', async () => {
    const [hub, path] = [await shared.hub(), pathOf(freshName())];
    const body = JSON.stringify(PACKAGE);
    const post = (headers: Record<string, string>, query = '') =>
      fetch(`${hub.url}${path}${query}`, { method: 'POST', body, headers });
    const json = { 'content-type': 'application/json' };
    expect((await post(json)).status).toBe(401);
    expect((await post({ ...json, authorization: `Bearer ${token('read:*')}` })).status).toBe(403);
    const bearer = { authorization: `Bearer ${token('admin')}` };
    expect((await post({ ...bearer, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post({ ...bearer, ...json }, '?stric=true')).status).toBe(400);
  });

  it('warns of timestamps in January 1970, and refuses them where it is to be strict', async () => {
    const [hub, path] = [await shared.hub(), pathOf(freshName())];
    const seconds = { timestamps: [1618133869] };
    const taken = await hub.post(path, seconds);
    expect([taken.status, taken.headers.get('writer-hub-warning')]).toEqual([
      200,
      expect.stringContaining('it seems to be in seconds'),
    ]);
    const refused = await hub.post(`${path}?strict=true`, seconds);
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid_parameters' }),
    ]);
  });

  it('stores a package once under an idempotency key, which events do not share', async () => {
    const [hub, topic] = [await shared.hub(), freshName()];
    const key = { 'idempotency-key': 'k' };
    const events = `/topics/${topic}/streams/car-1/events/data`;
    expect((await hub.post(pathOf(topic), PACKAGE, key)).status).toBe(200);
    expect((await hub.post(pathOf(topic), PACKAGE, key)).status).toBe(200);
    expect((await hub.post(pathOf(topic), { ...PACKAGE, epoch: 7 }, key)).status).toBe(422);
    expect((await hub.post(events, [{ id: 'a', timestamp: 1 }], key)).status).toBe(422);
    await hub.post(events, [{ id: 'a', timestamp: 1 }]);
    const { events: stored } = JSON.parse(await hub.read(events)) as { events: { offset: string }[] };
    // A package has a position among the events of its topic.
    expect(stored.map(({ offset }) => offset)).toEqual(['2']);
  });
});
