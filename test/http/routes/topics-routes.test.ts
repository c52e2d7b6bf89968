import { SharedHub } from '../../support/shared-hub';
import { TestHub, token } from '../../support/test-hub';

const shared = new SharedHub();

const EVENTS = '/topics/cars/streams/car-1/events/data';
const at = (...timestamps: number[]) =>
  timestamps.map((timestamp) => ({ id: 'tick', timestamp, value: String(timestamp) }));

interface Page {
  events: { offset: string; streamId?: string; timestamp: number; value: string }[];
  next: string | null;
}

async function readPage(hub: TestHub, path: string): Promise<Page> {
  return JSON.parse(await hub.read(path)) as Page;
}

const values = (page: Page) => page.events.map(({ value }) => Number(value));

describe('streams over HTTP', () => {
  it('makes a stream with an id of its own and gives its properties back', async () => {
    const hub = await shared.emptied();
    const properties = {
      name: 'First',
      location: '/a',
      metadata: { k: 'v' },
      parents: ['p'],
      timeOfRecording: '2021-02-06T00:15:15Z',
    };
    const response = await hub.post('/topics/cars/streams', properties);
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { streamId: string };
    expect(Object.keys(answer)).toEqual(['streamId']);
    expect(JSON.parse(await hub.read(`/topics/cars/streams/${answer.streamId}`))).toMatchObject({
      ...answer,
      ...properties,
      status: 'open',
      eventCount: 0,
    });
  });

  it('makes a stream from a request without a body', async () => {
    const hub = await shared.emptied();
    const response = await hub.fetch('/topics/cars/streams', { method: 'POST' });
    expect(await response.json()).toEqual({ streamId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  });

  it('replaces all properties, and makes the stream if there is none', async () => {
    const hub = await shared.emptied();
    const put = (properties: object) =>
      hub.fetch('/topics/cars/streams/car-1', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(properties),
      });
    expect((await put({ name: 'one', location: '/a' })).status).toBe(200);
    expect((await put({ Name: 'two' })).status).toBe(200);
    const stream = JSON.parse(await hub.read('/topics/cars/streams/car-1')) as object;
    expect(stream).toMatchObject({ name: 'two' });
    expect(stream).not.toHaveProperty('location');
  });

  it('does not take a PUT without a body for the wish to drop all properties', async () => {
    const hub = await shared.emptied();
    const response = await hub.fetch('/topics/cars/streams/car-1', { method: 'PUT' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_properties' });
  });

  it.each([
    ['an unknown property', { nam: 'x' }],
    ['a name that is no string', { name: 1 }],
    ['an array', []],
  ])('refuses %s in properties', async (_, properties) => {
    const hub = await shared.emptied();
    const response = await hub.post('/topics/cars/streams', properties);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_properties' });
  });

  it('refuses properties that are not JSON, with the position', async () => {
    const hub = await shared.emptied();
    const response = await hub.post('/topics/cars/streams', '{"name":}');
    expect(await response.json()).toMatchObject({ code: 'malformed_json', status: 400, position: 8 });
  });

  it('closes a stream, and sending to it opens it again', async () => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(1));
    expect((await hub.fetch('/topics/cars/streams/car-1/close', { method: 'POST' })).status).toBe(200);
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"status":"closed"');
    await hub.post(EVENTS, at(2));
    expect(await hub.read('/topics/cars/streams/car-1')).toContain('"status":"open"');
  });

  it.each([
    ['/topics/nowhere/streams/car-1/close', 'unknown_topic'],
    ['/topics/cars/streams/nowhere/close', 'unknown_stream'],
  ])('answers 404 to POST %s', async (path, code) => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(1));
    const response = await hub.fetch(path, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code });
  });
});

describe('reads over HTTP', () => {
  it('pages by position until next is null', async () => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(1, 2, 3, 4, 5));
    const seen: number[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await readPage(hub, `${EVENTS}?limit=2${after === undefined ? '' : `&after=${after}`}`);
      seen.push(...values(page));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('takes a number as position, as answers gave it once', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, at(1, 2, 3));
    expect(values(await readPage(hub, `${EVENTS}?after=2`))).toEqual([3]);
    expect(values(await readPage(hub, `${EVENTS}?after=0`))).toEqual([1, 2, 3]);
  });

  it.each([['application/json'], ['application/x-ndjson']])(
    'says in a header of %s where to go on, also at the end and when nothing matched',
    async (accept) => {
      const hub = await TestHub.start();
      await hub.post(EVENTS, at(1, 2, 3));
      const positions: (string | null)[] = [];
      for (const query of ['limit=2', 'after=2', 'from=100', 'after=3']) {
        const response = await hub.fetch(`${EVENTS}?${query}`, { headers: { accept } });
        positions.push(response.headers.get('writer-hub-position'));
      }
      expect(positions).toEqual(['2', '3', '3', '3']);
      await hub.post(EVENTS, at(4));
      expect(values(await readPage(hub, `${EVENTS}?after=3`))).toEqual([4]);
    },
  );

  it('reads a span of time: from is in it, to is not', async () => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(30, 10, 20, 40));
    expect(values(await readPage(hub, `${EVENTS}?from=20&to=40`))).toEqual([30, 20]);
  });

  it('reads all streams of a topic, naming each', async () => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(1));
    await hub.post('/topics/cars/streams/car-2/events/data', at(2));
    const { events } = await readPage(hub, '/topics/cars/events/data');
    expect(events.map(({ streamId }) => streamId)).toEqual(['car-1', 'car-2']);
  });

  it('gives lines to who asks for them, and next in a header', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, at(1, 2, 3));
    const response = await hub.fetch(`${EVENTS}?limit=2`, { headers: { accept: 'application/x-ndjson' } });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('writer-hub-next')).toBe('2');
    expect(
      (await response.text())
        .split('\n')
        .map((line) => (line === '' ? '' : (JSON.parse(line) as { value: string }).value)),
    ).toEqual(['1', '2', '']);
  });

  it('lists the streams of a topic by page', async () => {
    const hub = await shared.emptied();
    for (const stream of ['b', 'a', 'c']) await hub.post(`/topics/cars/streams/${stream}/events/data`, at(7, 5));
    const first = JSON.parse(await hub.read('/topics/cars/streams?limit=2')) as { streams: object[]; next: string };
    expect(first.streams).toMatchObject([
      { streamId: 'a', eventCount: 2, firstTimestamp: 5, lastTimestamp: 7 },
      { streamId: 'b' },
    ]);
    expect(JSON.parse(await hub.read(`/topics/cars/streams?limit=2&after=${first.next}`))).toMatchObject({
      streams: [{ streamId: 'c' }],
      next: null,
    });
  });

  it('lists only the topics that the token may read', async () => {
    const hub = await shared.emptied();
    for (const topic of ['cars', 'bikes', 'boats']) await hub.post(`/topics/${topic}/streams/s/events/data`, at(1));
    const names = async (bearer: string) => {
      const answer = JSON.parse(await hub.read('/topics?limit=2', { authorization: `Bearer ${bearer}` })) as {
        topics: { name: string }[];
      };
      return answer.topics.map(({ name }) => name);
    };
    expect(await names(token('read:b*'))).toEqual(['bikes', 'boats']);
    expect(await names(token('read:cars'))).toEqual(['cars']);
    expect(await names(token('append:cars'))).toEqual([]);
  });

  it.each([
    ['limit=0'],
    ['limit=10001'],
    ['limit=many'],
    ['after=-1'],
    ['after=1.5'],
    ['after='],
    ['after=abc'],
    ['after=1%202'],
    ['after=9007199254740993'],
    ['from=9223372036854775808'],
    ['to=soon'],
    ['limit=1&limit=2'],
  ])('refuses ?%s', async (query) => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(1));
    const response = await hub.fetch(`${EVENTS}?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_query',
      detail: expect.stringContaining(query.split('=')[0] ?? '') as string,
    });
  });

  it.each([
    ['/topics', 401, ''],
    [EVENTS, 401, ''],
    [EVENTS, 403, token('append:cars')],
    ['/topics/cars/streams', 403, token('read:bikes')],
    ['/topics/nowhere/streams', 404, token('admin')],
    ['/topics/cars/streams/nowhere', 404, token('admin')],
    ['/topics/cars/streams/nowhere/events/data', 404, token('admin')],
  ])('answers GET %s with %i to one who may not or asks for what is not there', async (path, status, bearer) => {
    const hub = await shared.emptied();
    await hub.post(EVENTS, at(1));
    const response = await hub.fetch(path, { headers: { authorization: `Bearer ${bearer}` } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('what no route takes', () => {
  it.each([
    ['GET', '/nowhere', 404, null],
    ['GET', '/topics/cars/streams/car-1/event', 404, null],
    ['DELETE', '/topics', 405, 'GET, HEAD'],
    ['PUT', EVENTS, 405, 'GET, HEAD, POST'],
    ['POST', '/topics/cars/streams/car-1', 405, 'GET, HEAD, PUT, DELETE'],
    ['GET', '/topics/cars/streams/car-1/close', 405, 'POST'],
    ['POST', '/healthz', 405, 'GET, HEAD'],
  ])('%s %s is answered %i as a problem', async (method, path, status, allow) => {
    const hub = await shared.emptied();
    const response = await hub.fetch(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('allow')).toBe(allow);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status, code: status === 404 ? 'not_found' : 'method_not_allowed' });
  });
});
