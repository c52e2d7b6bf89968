import { createRequire } from 'node:module';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub } from '../support/shared-hub';
import { bearerOf, SECRET, TestHub, token } from '../support/test-hub';
import { LiveBody } from './support/live';

const shared = new SharedHub();

/** What is used of the interface of the HTML standard: 9.2.2 The `EventSource` interface. */
interface EventSourceLike {
  onmessage: (message: { readonly data: string }) => void;
  onerror: (error: { readonly status?: number }) => void;
  addEventListener(name: string, listener: (message: { readonly data: string }) => void): void;
  close(): void;
}

const EventSource = createRequire(__filename)('eventsource') as new (url: string) => EventSourceLike;

type Item = Readonly<Record<string, unknown>>;

const send = async (hub: TestHub, topic: string, streamId: string): Promise<void> => {
  const path = `/topics/${topic}/streams/${encodeURIComponent(streamId)}/events/data`;
  expect((await hub.post(path, [{ id: 'x', timestamp: 1 }])).status).toBe(200);
};

const STREAM = { accept: 'text/event-stream' };
const LINES = { accept: 'application/x-ndjson' };

/** A listing that goes on, read until something is there. */
class Listing extends LiveBody {
  static async open(hub: TestHub, path: string, headers: Record<string, string> = STREAM): Promise<Listing> {
    const response = await hub.fetch(path, { headers });
    expect(response.status).toBe(200);
    return new Listing(response);
  }

  /** What has come whole so far, whichever form it has. */
  get items(): Item[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/^data: /, ''))
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Item);
  }

  async until(holds: (items: Item[]) => boolean): Promise<Item[]> {
    await this.readUntil(() => holds(this.items));
    return this.items;
  }
}

const isLive = (items: readonly Item[]): boolean => items.some(({ type }) => type === 'caught-up');

describe.each([
  ['an event stream', STREAM, 'text/event-stream; charset=utf-8'],
  ['lines', LINES, 'application/x-ndjson'],
])('a listing that goes on, as %s', (_, headers, contentType) => {
  it('gives the topics the token may read, and what becomes of them', async () => {
    const hub = await shared.emptied();
    await send(hub, 'a1', 's');
    await send(hub, 'b1', 's');
    const authorization = `Bearer ${token('read:a*')}`;
    const live = await Listing.open(hub, '/topics', { ...headers, authorization });
    expect(Object.fromEntries(live.response.headers)).toMatchObject({
      'content-type': contentType,
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect((await live.until(isLive)).map(({ type, name }) => [type, name])).toEqual([
      ['start', undefined],
      ['topic', 'a1'],
      ['caught-up', undefined],
    ]);
    await send(hub, 'b2', 's');
    await send(hub, 'a2', 's');
    await live.until((items) => items.some(({ name, events }) => name === 'a2' && events === 1));
    await hub.post('/v0/events?name=a3&wait=true', '{"a":1}');
    await live.until((items) => items.some(({ name, kind, rows }) => name === 'a3' && kind === 'rows' && rows === 1));
    await hub.fetch('/topics/a1', { method: 'DELETE' });
    await live.until((items) => items.some(({ type, name }) => type === 'removed' && name === 'a1'));
    expect(live.items.filter(({ name }) => String(name).startsWith('b'))).toEqual([]);
    await live.close();
  });

  it('gives the streams of a topic as the listing does, and what becomes of them', async () => {
    const hub = await shared.emptied();
    await send(hub, 't', 'a');
    await send(hub, 't', 'new\nline "quoted" 😀'.replace('\n', ' '));
    const page = JSON.parse(await hub.read('/topics/t/streams')) as { readonly streams: Item[] };
    const live = await Listing.open(hub, '/topics/t/streams', headers);
    await live.until(isLive);
    expect(live.items).toEqual([
      { type: 'start' },
      ...page.streams.map((stream) => ({ type: 'stream', ...stream })),
      { type: 'caught-up' },
    ]);
    const properties = JSON.stringify({ name: 'renamed' });
    await hub.fetch('/topics/t/streams/a', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: properties,
    });
    await live.until((items) => items.some(({ streamId, name }) => streamId === 'a' && name === 'renamed'));
    await hub.post('/topics/t/streams/a/close', '');
    await live.until((items) => items.some(({ streamId, status }) => streamId === 'a' && status === 'closed'));
    await hub.fetch('/topics/t/streams/a', { method: 'DELETE' });
    await live.until((items) => items.some(({ type, streamId }) => type === 'removed' && streamId === 'a'));
    await live.close();
  });

  it('says when there will be no more: the topic was removed', async () => {
    const hub = await shared.emptied();
    await send(hub, 't', 's');
    const live = await Listing.open(hub, '/topics/t/streams', headers);
    await live.until(isLive);
    await hub.fetch('/topics/t', { method: 'DELETE' });
    expect(await live.end()).toMatch(/\{"code":"unknown_topic","message":"[^"]+\\"t\\"[^}]*\}[}\n]+$/);
  });

  it('says when there will be no more: the token has expired, or was revoked', async () => {
    const hub = await TestHub.start({ clockTolerance: 0 });
    const open = async (minted: { readonly token: string }): Promise<Listing> => {
      const live = await Listing.open(hub, '/topics', { ...headers, authorization: `Bearer ${minted.token}` });
      await live.until(isLive);
      return live;
    };
    const revoked = mintToken({ scopes: ['read:*'] }, SECRET);
    const [short, long] = [await open(mintToken({ scopes: ['read:*'], expiresIn: 3 }, SECRET)), await open(revoked)];
    await hub.post('/tokens/revoke', { tokenId: revoked.tokenId });
    expect(await long.end()).toContain('"code":"unauthenticated","message":"the token was revoked"');
    expect(await short.end()).toContain('"code":"unauthenticated","message":"the token has expired"');
  });

  it('says that the server stops', async () => {
    const hub = await TestHub.start();
    const live = await Listing.open(hub, '/topics', headers);
    await live.until(isLive);
    void hub.close();
    expect(await live.end()).toContain('shutting_down');
  });
});

describe('a listing that goes on', () => {
  it.each([
    ['/topics/t/streams', 403, 'forbidden'],
    ['/topics/a/streams', 404, 'unknown_topic'],
    ['/topics/a1/streams?limit=3', 400, 'invalid_query'],
    ['/topics?after=x', 400, 'invalid_query'],
    ['/topics?limit=1', 400, 'invalid_query'],
    ['/topics?from=earliest', 400, 'invalid_query'],
  ])('is refused before the first byte: %s is %d %s', async (path, status, code) => {
    const hub = await shared.emptied();
    await send(hub, 'a1', 's');
    for (const headers of [STREAM, LINES]) {
      const authorization = `Bearer ${token('read:a*')}`;
      const response = await hub.fetch(path, { headers: { ...headers, authorization } });
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    }
  });

  it.each(['application/json', '*/*', 'text/html, */*;q=0.8', 'application/json, text/event-stream;q=0.5'])(
    'is a page for whoever accepts %s',
    async (accept) => {
      const hub = await shared.emptied();
      await send(hub, 't', 's');
      expect(JSON.parse(await hub.read('/topics', { accept }))).toMatchObject({ topics: [{ name: 't' }], next: null });
      expect(JSON.parse(await hub.read('/topics/t/streams', { accept }))).toMatchObject({ next: null });
    },
  );

  it('takes a token in the query for an event stream alone', async () => {
    const hub = await shared.emptied();
    const query = `access_token=${token('read:*')}`;
    const streamed = await fetch(`${hub.url}/topics?${query}`, { headers: STREAM });
    expect(streamed.status).toBe(200);
    await streamed.body!.cancel();
    expect((await fetch(`${hub.url}/topics?${query}`)).status).toBe(401);
    expect(hub.log()).not.toContain(query);
  });

  it('works in an EventSource, which is told to stop when the topic is gone', async () => {
    const hub = await shared.emptied();
    await send(hub, 't', 's');
    const source = new EventSource(`${hub.url}/topics/t/streams?access_token=${token('read:t')}`);
    const ended = new Promise<string>((resolve) => {
      source.addEventListener('end', ({ data }) => {
        resolve(data);
      });
    });
    const stopped = new Promise<number | undefined>((resolve) => {
      source.onerror = ({ status }) => {
        if (status !== undefined) resolve(status);
      };
    });
    await new Promise<void>((resolve) => {
      source.onmessage = ({ data }) => {
        if ((JSON.parse(data) as Item)['type'] === 'caught-up') resolve();
      };
    });
    await hub.fetch('/topics/t', { method: 'DELETE' });
    expect(JSON.parse(await ended)).toMatchObject({ code: 'unknown_topic' });
    expect(await stopped).toBe(204);
    source.close();
  });

  it('takes a place of a reader while it is open', async () => {
    const hub = await TestHub.start({ maxFollowers: 4 });
    const [lines, stream] = [LINES, STREAM].map((accept) => ({ headers: { ...bearerOf('ann'), ...accept } }));
    const live = await Promise.all([1, 2, 3].map(() => Listing.open(hub, '/topics', stream!.headers)));
    const refused = await hub.fetch('/topics', lines);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([429, 'over_share']);
    // An EventSource never comes back after an error.
    const paused = await hub.fetch('/topics', stream);
    expect([paused.status, await paused.text()]).toEqual([
      200,
      expect.stringMatching(/^: over_share\nretry: \d+\n\n$/),
    ]);
    expect(await hub.read('/metrics')).toContain('writer_hub_listing_readers 3');
    await live[0]!.close();
    for (;;) {
      const response = await hub.fetch('/topics', lines);
      const isOpen = response.status === 200;
      await response.body!.cancel();
      if (isOpen) break;
    }
    await Promise.all(live.slice(1).map((reader) => reader.close()));
  });

  it('answers HEAD with the head alone', async () => {
    const hub = await shared.emptied();
    const response = await hub.fetch('/topics', { method: 'HEAD', headers: STREAM });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await response.text()).toBe('');
  });

  it('gives all of many streams once, and each change that is made meanwhile', async () => {
    const hub = await shared.emptied();
    const connection = await hub.connect();
    const names = Array.from({ length: 1200 }, (_, index) => `s${String(index).padStart(4, '0')}`);
    const append = (name: string, value: string): Promise<unknown> =>
      connection.invoke('SendEventData', 't', name, [{ id: 'x', timestamp: 1, value }]);
    await Promise.all(names.map((name) => append(name, '1')));
    const opening = Listing.open(hub, '/topics/t/streams');
    const changing = Promise.all(names.filter((_, index) => index % 3 === 0).map((name) => append(name, '2')));
    const live = await opening;
    await changing;
    const latest = (items: Item[]): Map<unknown, unknown> =>
      new Map(items.filter(({ type }) => type === 'stream').map(({ streamId, eventCount }) => [streamId, eventCount]));
    await live.until((items) => [...latest(items).values()].filter((count) => count === 2).length === 400);
    expect([...latest(live.items).keys()].toSorted()).toEqual(names);
    const texts = live.items.filter(({ type }) => type === 'stream').map((item) => JSON.stringify(item));
    expect(new Set(texts).size).toBe(texts.length);
    await live.close();
  });
});

describe('GET /metrics', () => {
  it('counts how long events take to live readers, and says how far those are behind', async () => {
    const hub = await TestHub.start();
    await send(hub, 't', 's');
    const live = await Listing.open(hub, '/topics/t/events');
    await live.until((items) => items.length > 0);
    await send(hub, 't', 's');
    await live.until((items) => items.some(({ id }) => id === 'x'));
    const metrics = await hub.read('/metrics');
    expect(metrics).toMatch(/writer_hub_feed_delay_seconds_bucket\{le="\+Inf"\} 1\n/);
    expect(metrics).toMatch(/writer_hub_feed_delay_seconds_count 1\n/);
    expect(metrics).toMatch(/writer_hub_feed_delay_seconds_sum 0\.\d+\n/);
    expect(metrics).toContain('writer_hub_feed_readers{lag="live"} 1');
    expect(metrics).toContain('writer_hub_feed_readers{lag="kept"} 0');
    expect(metrics).toContain('writer_hub_feed_readers{lag="stored"} 0');
    expect(metrics).toContain('writer_hub_active_streams 1');
    await live.close();
  });

  it('counts streams that are not known as active because there are too many', async () => {
    const hub = await TestHub.start({ maxActiveStreams: 2 });
    for (const stream of ['a', 'b', 'c']) await send(hub, 't', stream);
    const metrics = await hub.read('/metrics');
    expect(metrics).toContain('writer_hub_active_streams 2');
    expect(metrics).toContain('writer_hub_limit_strikes_total{limit="active_streams"} 1');
    const connection = await hub.connect();
    expect(await connection.invoke('SubscribeToActiveStreams', 't')).toHaveLength(2);
    await hub.post('/topics/t/streams/a/close', '');
    await send(hub, 't', 'c');
    expect(await connection.invoke('SubscribeToActiveStreams', 't')).toMatchObject([
      { streamId: 'b' },
      { streamId: 'c' },
    ]);
  });
});
