import { createRequire } from 'node:module';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub, freshName } from '../support/shared-hub';
import { bearerOf, SECRET, TestHub, token } from '../support/test-hub';
import { Live } from './support/live';

/** What is used of the interface of the HTML standard: 9.2.2 The `EventSource` interface. */
interface EventSourceLike {
  onmessage: (message: { readonly data: string; readonly lastEventId: string }) => void;
  onerror: (error: { readonly status?: number }) => void;
  readonly readyState: number;
  addEventListener(name: string, listener: (message: { readonly data: string }) => void): void;
  close(): void;
}

const EventSource = createRequire(__filename)('eventsource') as new (url: string) => EventSourceLike;

const shared = new SharedHub();

/** The topic of a test, which no other has. */
let topic: string;

beforeEach(() => {
  topic = freshName();
});

/** A text of a table with the topic of the test in place of `t`. */
const here = (text: string): string => text.replace(/(?<=\/topics\/|:)t(?=\/|$)/, topic);

const event = (id: string, tags: Record<string, string> = {}) => ({ id, timestamp: 1, value: 'v', tags });

const append = async (hub: TestHub, streamId: string, ...ids: string[]): Promise<void> => {
  const response = await hub.post(
    `/topics/${topic}/streams/${streamId}/events/data`,
    ids.map((id) => event(id)),
  );
  expect(response.status).toBe(200);
};

describe('GET /topics/{topic}/events', () => {
  let hub: TestHub;

  beforeEach(async () => {
    hub = await shared.hub();
    await append(hub, 'a', 'e1', 'e2');
    await append(hub, 'b', 'e3');
  });

  it('sends headers, where it begins, and that it is live, before anything comes', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events`);
    expect(live.response.status).toBe(200);
    expect(Object.fromEntries(live.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'writer-hub-position': '3',
    });
    const text = await live.until((text) => text.includes('event: caught-up'));
    expect(text).toMatch(
      /^: writer-hub\nretry: \d{4}\nid: 3\n\nevent: caught-up\nid: 3\ndata: \{"position":"3"\}\n\n$/,
    );
    await append(hub, 'a', 'e4');
    await live.until((sent) => sent.includes('"e4"'));
    expect(live.events).toEqual([{ at: '4', id: 'e4' }]);
    await live.close();
  });

  it('sends every digit and character of an event, and which stream it is of', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events`);
    const value = 'line\nbreak "quoted" \u2028 😀';
    await hub.post(
      `/topics/${topic}/streams/s%20x/events/data`,
      `[{"id":"x","timestamp":1618133869000000123,"value":${JSON.stringify(value)},"tags":{"a":"b"}}]`,
    );
    const text = await live.until((sent) => sent.includes('"id":"x"'));
    const data = /^data: (\{"offset"[^\n]*)\n/m.exec(text)![1]!;
    expect(data).toContain('"timestamp":1618133869000000123,');
    expect(JSON.parse(data)).toMatchObject({ offset: '4', streamId: 's x', id: 'x', value, tags: { a: 'b' } });
    await live.close();
  });

  it.each([
    ['from=earliest', ['e1', 'e2', 'e3']],
    ['from=1', ['e2', 'e3']],
    ['since=1h', ['e1', 'e2', 'e3']],
    ['since=2020-01-01T00:00:00Z', ['e1', 'e2', 'e3']],
    ['since=2100-01-01T00:00:00%2B02:00', []],
    ['from=earliest&id=e1&id=e3', ['e1', 'e3']],
    ['from=earliest&id=*', ['e1', 'e2', 'e3']],
    ['from=earliest&id=e1&id=*', ['e1', 'e2', 'e3']],
    ['from=earliest&tag=car=1', []],
  ])('begins where it is asked to, and gives what is asked for: %s', async (query, ids) => {
    const live = await Live.open(hub, `/topics/${topic}/events?${query}`);
    await live.until((text) => text.includes('event: caught-up'));
    expect(live.ids).toEqual(ids);
    await live.close();
  });

  it('gives the events of one stream on its path, and those with all of some tags', async () => {
    const ofStream = await Live.open(hub, `/topics/${topic}/streams/b/events?from=earliest`);
    const ofTags = await Live.open(hub, `/topics/${topic}/events?tag=car=1&tag=k=a=b`);
    await hub.post(`/topics/${topic}/streams/b/events/data`, [
      event('t1', { car: '1' }),
      event('t2', { car: '1', k: 'a=b' }),
    ]);
    await ofStream.until((text) => text.includes('"t2"'));
    await ofTags.until((text) => text.includes('"t2"'));
    expect(ofStream.ids).toEqual(['e3', 't1', 't2']);
    expect(ofTags.ids).toEqual(['t2']);
    await Promise.all([ofStream.close(), ofTags.close()]);
  });

  it('moves the last id of a reader for which there is nothing', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events?from=earliest&id=none`);
    await live.until((text) => text.includes('\n\nid: 3\n\n'));
    expect(live.events).toEqual([]);
    await live.close();
  });

  it('goes on from Last-Event-ID, whatever the query says', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events?from=earliest`, { 'last-event-id': '2' });
    await live.until((text) => text.includes('"e3"'));
    expect(live.ids).toEqual(['e3']);
    await live.close();
  });

  it('gives an EventSource every event once, however often it is cut off', async () => {
    const url = `${hub.url}/topics/${topic}/events?from=earliest&access_token=${token(`read:${topic}`)}`;
    const received: string[] = [];
    const source = new EventSource(url);
    const untilCount = (count: number) =>
      new Promise<void>((resolve) => {
        source.onmessage = ({ data }) => {
          received.push((JSON.parse(data) as { id: string }).id);
          if (received.length === count) resolve();
        };
      });
    await untilCount(3);
    const more = untilCount(5);
    await append(hub, 'a', 'e4', 'e5');
    await more;
    expect(received).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    source.close();
  });

  it('ends for good when the topic is removed, and tells who comes back to stop', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events`);
    await live.until((text) => text.includes('caught-up'));
    expect((await hub.fetch(`/topics/${topic}`, { method: 'DELETE' })).status).toBe(204);
    const text = await live.end();
    expect(text).toMatch(/\n\nevent: end\nid: end\ndata: \{"code":"unknown_topic","message":".*"\}\n\n$/);
    for (const authorization of [`Bearer ${token('read:*')}`, 'Bearer of one that has expired']) {
      const headers = { accept: 'text/event-stream', 'last-event-id': 'end', authorization };
      expect((await fetch(`${hub.url}/topics/${topic}/events`, { headers })).status).toBe(204);
    }
    const fresh = await hub.fetch(`/topics/${topic}/events`, { headers: { accept: 'text/event-stream' } });
    expect(fresh.status).toBe(404);
  });

  it.each([
    ['a topic that is gone', '/topics/t/events', '3', 'unknown_topic'],
    ['a stream that is gone', '/topics/t/streams/a/events', '3', 'unknown_topic'],
    ['a topic that was made again', '/topics/t/events', '2', 'position_gone'],
    ['parameters of one', '/topics/t/parameters', '2', 'position_gone'],
    ['a listing of one that is gone', '/topics/t/streams', 'listing', 'unknown_topic'],
  ])('tells who comes back to %s of the end, once', async (_, path, id, code) => {
    await hub.fetch(`/topics/${topic}`, { method: 'DELETE' });
    if (code === 'position_gone') await append(hub, 'a', 'e1');
    const headers = { accept: 'text/event-stream', 'last-event-id': id };
    const response = await hub.fetch(here(path), { headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const [, data = ''] = /^event: end\nid: end\ndata: (.*)\n\n$/.exec(await response.text()) ?? [];
    const earliest = code === 'position_gone' ? { earliest: expect.stringMatching(/-0$/) as string } : {};
    expect(JSON.parse(data)).toEqual({ code, message: expect.any(String) as string, ...earliest });
    const again = await hub.fetch(here(path), { headers: { ...headers, 'last-event-id': 'end' } });
    expect(again.status).toBe(204);
    const lines = await hub.fetch(here(path), { headers: { ...headers, accept: 'application/x-ndjson' } });
    if (id !== 'listing') expect(lines.status).toBe(code === 'position_gone' ? 410 : 404);
  });

  it('refuses an EventSource whose token has ended when it comes back, and lets it go on with a better one', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events`, { 'last-event-id': '1' });
    const headers = { accept: 'text/event-stream', 'last-event-id': '1', authorization: 'Bearer old' };
    expect((await fetch(`${hub.url}/topics/${topic}/events`, { headers })).status).toBe(401);
    await live.close();
  });

  it('says that a position is of a topic that was there before, with the earliest one', async () => {
    await hub.fetch(`/topics/${topic}`, { method: 'DELETE' });
    await append(hub, 'a', 'e1');
    const response = await hub.fetch(`/topics/${topic}/events?from=2`, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({
      code: 'position_gone',
      earliest: expect.stringMatching(/-0$/) as string,
    });
  });

  it('ends when its token expires or is revoked', async () => {
    hub = await TestHub.start({ clockTolerance: 0 });
    await append(hub, 'a', 'e1');
    const brief = mintToken({ scopes: [`read:${topic}`], expiresIn: 2 }, SECRET).token;
    const { token: revocable, tokenId } = mintToken({ scopes: [`read:${topic}`] }, SECRET);
    const expiring = await Live.open(hub, `/topics/${topic}/events`, { authorization: `Bearer ${brief}` });
    const revoked = await Live.open(hub, `/topics/${topic}/events`, { authorization: `Bearer ${revocable}` });
    await revoked.until((text) => text.includes('caught-up'));
    expect((await hub.post('/tokens/revoke', { tokenId })).status).toBeLessThan(300);
    expect(await revoked.end()).toMatch(
      /event: end\ndata: \{"code":"unauthenticated","message":"the token was revoked"\}/,
    );
    expect(await expiring.end()).toMatch(
      /event: end\ndata: \{"code":"unauthenticated","message":"the token has expired"\}/,
    );
  });

  it('ends with the server, and says when to come back', async () => {
    hub = await TestHub.start();
    await append(hub, 'a', 'e1');
    const live = await Live.open(hub, `/topics/${topic}/events`);
    await live.until((text) => text.includes('caught-up'));
    await hub.close();
    expect(await live.end()).toMatch(/\n\n: shutting_down\nretry: \d{4}\n\n$/);
  });

  it.each([
    ['from=1&since=10m', /from and since both say where to begin/],
    ['from=a%20b', /from=a b is not earliest, latest, or a position/],
    ['from=999', /from="999" is beyond the end of the topic/],
    ['from=bogus', /from="bogus" is not a position: take/],
    ['from=1&from=2', /from is given 2 times/],
    ['since=yesterday', /since=yesterday is not a duration such as 10m, or ISO 8601 with a zone/],
    ['since=2024-01-01T00:00:00', /since=2024-01-01T00:00:00 has no zone/],
    ['since=2999-01-01T00:00:00Z', /since=2999-01-01T00:00:00Z is out of int64 nanoseconds: 1677 to 2262/],
    ['since=0s', /since=0s is not a duration from 1s to 36500d/],
    ['since=9999999d', /since=9999999d is not a duration from 1s to 36500d/],
    ['tag=car', /tag=car is not a key and a value with = between them/],
    ['follow=true', /unknown query parameter "follow"/],
    [Array.from({ length: 101 }, () => 'id=x').join('&'), /id is given 101 times, 100 at the most/],
  ])('refuses a query that it does not understand, by name: %.40s', async (query, detail) => {
    const response = await hub.fetch(`/topics/${topic}/events?${query}`, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_query',
      detail: expect.stringMatching(detail) as string,
    });
  });

  it.each([
    ['bogus', 'Last-Event-ID="bogus" is not a position: take the offset of an event, or the next of a page'],
    ['999', /^Last-Event-ID="999" is beyond the end of the topic/],
    ['a b', 'Last-Event-ID=a b is not a position as an answer gave it'],
  ])('refuses a Last-Event-ID that it cannot go on from, by name: %s', async (id, detail) => {
    const headers = { accept: 'text/event-stream', 'last-event-id': id };
    const response = await hub.fetch(`/topics/${topic}/events?from=1`, { headers });
    const wanted = typeof detail === 'string' ? detail : (expect.stringMatching(detail) as string);
    expect(await response.json()).toMatchObject({ code: 'invalid_query', detail: wanted });
  });

  it.each([
    ['/topics/t/events/data?after=bogus', 'after="bogus" is not a position: '],
    ['/topics/t/streams/a/events/data?after=bogus', 'after="bogus" is not a position: '],
  ])('names what a page cannot go on from: %s', async (path, detail) => {
    expect(await (await hub.fetch(here(path))).json()).toMatchObject({
      code: 'invalid_query',
      detail: expect.stringContaining(detail) as string,
    });
  });

  it.each([
    ['/topics/t/events', ['read:other'], 403],
    ['/topics/none/events', ['read:*'], 404],
    ['/topics/t/streams/none/events', ['read:*'], 404],
    ['/topics/t/events', ['append:t'], 403],
  ])('refuses %s to a token of %j with %i', async (path, scopes, status) => {
    const authorization = `Bearer ${token(...scopes.map(here))}`;
    const response = await hub.fetch(here(path), { headers: { accept: 'text/event-stream', authorization } });
    expect(response.status).toBe(status);
    expect((await fetch(`${hub.url}${here(path)}`)).status).toBe(401);
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await hub.fetch(`/topics/${topic}/events`, { method: 'HEAD' });
    expect([response.status, response.headers.get('writer-hub-position'), await response.text()]).toEqual([
      200,
      '3',
      '',
    ]);
  });

  it('gives an event a line, and why it ends in the last line, to whoever asks for lines', async () => {
    const live = await Live.open(hub, `/topics/${topic}/events?from=earliest`, { accept: 'application/x-ndjson' });
    expect(live.response.headers.get('content-type')).toBe('application/x-ndjson');
    await live.until((text) => text.includes('"e3"'));
    await hub.fetch(`/topics/${topic}`, { method: 'DELETE' });
    const lines = (await live.end())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([{ id: 'e1' }, { id: 'e2' }, { id: 'e3' }, { end: { code: 'unknown_topic' } }]);
  });
});

describe('readers of live events', () => {
  it('are as many as may be, and one more is told when to come back', async () => {
    const hub = await TestHub.start({ maxFollowers: 1 });
    await append(hub, 'a', 'e1');
    const first = await Live.open(hub, `/topics/${topic}/events`);
    await first.until((text) => text.includes('caught-up'));
    const second = await Live.open(hub, `/topics/${topic}/events`);
    expect(await second.end()).toMatch(/^: store_busy\nretry: 5000\n\n$/);
    const lines = await hub.fetch(`/topics/${topic}/events`, { headers: { accept: 'application/x-ndjson' } });
    expect([lines.status, await lines.json()]).toMatchObject([503, { code: 'store_busy' }]);
    const metrics = await hub.read('/metrics');
    expect(metrics).toMatch(/^writer_hub_followers 1$/m);
    expect(metrics).toMatch(/^writer_hub_limit_strikes_total\{limit="followers"\} 2$/m);
    await first.close();
  });

  it('of one subject are not all that there may be', async () => {
    const hub = await TestHub.start({ maxFollowers: 4 });
    await append(hub, 'a', 'e1');
    const open = (subject: string) => Live.open(hub, `/topics/${topic}/events`, bearerOf(subject));
    const mine = await Promise.all([open('me'), open('me'), open('me')]);
    for (const live of mine) await live.until((text) => text.includes('caught-up'));
    expect(await (await open('me')).end()).toMatch(/^: over_share\nretry: 5000\n\n$/);
    const other = await open('other');
    await other.until((text) => text.includes('caught-up'));
    await Promise.all([...mine, other].map((live) => live.close()));
  });
});
