import { SharedHub, freshName } from '../support/shared-hub';
import { TestHub, token } from '../support/test-hub';
import { Live } from './support/live';

const LINES = { accept: 'application/x-ndjson' };

const shared = new SharedHub();

/** The topic of a test, which no other has. */
let topic: string;

beforeEach(() => {
  topic = freshName();
});

/** A text of a table with the topic of the test in place of `t`. */
const here = (text: string): string => text.replace(/(?<=\/topics\/|:)t(?=\/|$)/, topic);

const event = (n: number, tags: Record<string, string> = {}) => ({ id: `e${n}`, timestamp: n, value: 'v', tags });

const append = async (hub: TestHub, streamId: string, ...numbers: number[]): Promise<void> => {
  const events = numbers.map((n) => event(n, { odd: String(n % 2) }));
  expect((await hub.post(`/topics/${topic}/streams/${streamId}/events/data`, events)).status).toBe(200);
};

const idsOf = (live: Live): unknown[] => live.lines.map(({ id }) => id);

describe('follow=true on pages of events', () => {
  let hub: TestHub;

  beforeEach(async () => {
    hub = await shared.hub();
    await append(hub, 'a', 1, 2);
    await append(hub, 'b', 3);
  });

  it.each([
    ['/topics/t/events/data?follow=true', ['e1', 'e2', 'e3', 'e4', 'e5']],
    ['/topics/t/events/data?follow=true&after=2', ['e3', 'e4', 'e5']],
    ['/topics/t/events/data?follow=true&tail=2', ['e2', 'e3', 'e4', 'e5']],
    ['/topics/t/events/data?follow=true&tail=1&id=e1', ['e1']],
    ['/topics/t/events/data?follow=true&order=asc&from=2', ['e2', 'e3', 'e4', 'e5']],
    ['/topics/t/events/data?follow=true&from=2&tag=odd=1', ['e3', 'e5']],
    ['/topics/t/events/data?follow=true&tail=1&tag=odd=1', ['e3', 'e5']],
    ['/topics/t/events/data?follow=true&tail=9&tag=odd=0', ['e2', 'e4']],
    ['/topics/t/streams/b/events/data?follow=true', ['e3', 'e5']],
    ['/topics/t/streams/a/events/data?follow=true&after=1&id=e2&id=e4', ['e2', 'e4']],
  ])('%s gives what is stored, then what comes, an event a line', async (path, ids) => {
    const live = await Live.open(hub, here(path), LINES);
    expect(live.response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(live.response.headers.get('writer-hub-position')).toMatch(/^\d$/);
    await append(hub, 'a', 4);
    await append(hub, 'b', 5);
    await live.until(() => idsOf(live).length >= ids.length);
    expect((await hub.fetch(`/topics/${topic}`, { method: 'DELETE' })).status).toBe(204);
    await live.end();
    // The last line says that, and why, there is no more.
    expect(idsOf(live).slice(0, -1)).toEqual(ids);
    expect(live.lines.at(-1)).toEqual({ end: { code: 'unknown_topic', message: expect.any(String) as string } });
  });

  it('answers in lines to whoever accepts anything, and as an event stream to whoever wants that', async () => {
    const any = await Live.open(hub, `/topics/${topic}/events/data?follow=true`, { accept: '*/*' });
    await any.until(() => idsOf(any).length === 3);
    const stream = await Live.open(hub, `/topics/${topic}/events/data?follow=true`);
    await stream.until((text) => text.includes('event: caught-up'));
    expect(stream.ids).toEqual(['e1', 'e2', 'e3']);
    await Promise.all([any.close(), stream.close()]);
  });

  it('says in its last line that the server stops', async () => {
    const hub = await TestHub.start();
    await append(hub, 'a', 1, 2, 3);
    const live = await Live.open(hub, `/topics/${topic}/events/data?follow=true`, LINES);
    await live.until(() => idsOf(live).length === 3);
    await hub.close();
    await live.end();
    expect(live.lines.at(-1)).toMatchObject({ end: { code: 'shutting_down' } });
  });

  it.each([
    ['follow=yes', /follow=yes is not true or false/],
    ['follow=true&follow=true', /follow=true is not given once/],
    ['follow=true&limit=10', /limit is the size of a page, and this goes on; tail says/],
    ['follow=true&to=100', /to is an end, and this has none/],
    ['follow=true&order=desc', /order=desc goes back from the end, and this goes on behind it/],
    ['follow=true&order=up', /order=up is not asc or desc/],
    ['follow=true&tail=2&after=1', /tail gives the last events of all, and takes no after/],
    ['follow=true&tail=0', /tail=0 is not a whole number from 1/],
    ['follow=true&from=yesterday', /from=yesterday is not a time in integer nanoseconds/],
    ['follow=true&after=999', /after="999" is beyond the end of the topic/],
    ['follow=true&after=a%20b', /after=a b is not a position/],
    ['follow=true&tag=odd', /tag=odd is not a key and a value/],
    ['follow=true&since=10m', /unknown query parameter "since"/],
    ['id=e1', /id needs follow=true: a page has all events/],
    ['follow=false&tag=odd=1', /tag needs follow=true/],
  ])('refuses %s with a reason', async (query, detail) => {
    for (const path of [`/topics/${topic}/events/data`, `/topics/${topic}/streams/a/events/data`]) {
      const response = await hub.fetch(`${path}?${query}`, { headers: LINES });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: 'invalid_query',
        detail: expect.stringMatching(detail) as string,
      });
    }
  });

  it.each([
    ['/topics/t/events/data', ['read:other'], 403, 'forbidden'],
    ['/topics/none/events/data', ['read:*'], 404, 'unknown_topic'],
    ['/topics/t/streams/none/events/data', ['read:*'], 404, 'unknown_stream'],
    ['/topics/t/events/data', ['append:t'], 403, 'forbidden'],
  ])('refuses %s to a token of %j with %i', async (path, scopes, status, code) => {
    const authorization = `Bearer ${token(...scopes.map(here))}`;
    const response = await hub.fetch(`${here(path)}?follow=true`, { headers: { ...LINES, authorization } });
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })]);
    expect((await fetch(`${hub.url}${here(path)}?follow=true`)).status).toBe(401);
  });

  it('refuses who accepts no lines, and takes part in the places of readers', async () => {
    const hub = await TestHub.start();
    await append(hub, 'a', 1, 2, 3);
    const json = await hub.fetch(`/topics/${topic}/events/data?follow=true`, {
      headers: { accept: 'application/json' },
    });
    expect([json.status, await json.json()]).toMatchObject([
      400,
      { detail: 'follow=true answers with lines: accept application/x-ndjson' },
    ]);
    const live = await Live.open(hub, `/topics/${topic}/events/data?follow=true`, LINES);
    expect(await hub.read('/metrics')).toMatch(/^writer_hub_followers 1$/m);
    await live.close();
  });
});

describe('tail on live events', () => {
  it.each([
    ['tail=2', ['e2', 'e3']],
    ['tail=100', ['e1', 'e2', 'e3']],
    ['tail=1&tag=odd=0', ['e2']],
    ['tail=1&id=none', []],
  ])('begins with the last events of those that are asked for: %s', async (query, ids) => {
    const hub = await shared.hub();
    await append(hub, 'a', 1, 2, 3);
    const live = await Live.open(hub, `/topics/${topic}/events?${query}`);
    await live.until((text) => text.includes('event: caught-up'));
    expect(live.ids).toEqual(ids);
    await live.close();
  });

  it.each([
    ['tail=2&from=earliest', /from and tail both say where to begin: give one of them/],
    ['tail=2&since=1m', /since and tail both say/],
    ['tail=many', /tail=many is not a whole number from 1 to 10000/],
  ])('refuses %s', async (query, detail) => {
    const hub = await shared.hub();
    await append(hub, 'a', 1);
    const response = await hub.fetch(`/topics/${topic}/events?${query}`, { headers: LINES });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringMatching(detail) as string }),
    ]);
  });
});
