import * as signalR from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { mintToken } from '../../src/auth/token-minter';
import { HubError, type EventReader, type LiveEvent, type ReadQuery } from '../../src/client';
import { CuttingProxy } from '../conformance/support/cutting-proxy';
import { freshName, SharedHub } from '../support/shared-hub';
import { SECRET, temporaryDirectory, TestHub, token } from '../support/test-hub';
import { clientOf, numbers } from './support/client';

const sharedServer = new SharedHub();

/** Takes so many events. */
async function take(reader: EventReader, count: number): Promise<LiveEvent[]> {
  const events: LiveEvent[] = [];
  while (events.length < count) {
    const { done, value } = await reader.next();
    if (done === true) throw new Error(`it ended after ${events.length} events`);
    events.push(value);
  }
  return events;
}

const valuesOf = (events: readonly LiveEvent[]): (string | undefined)[] => events.map(({ value }) => value);

async function append(hub: TestHub, path: string, values: readonly string[]): Promise<void> {
  const [topic = '', stream = ''] = path.split('/');
  const events = values.map((value, index) => ({ id: `id-${value}`, timestamp: index + 1, value, tags: { n: value } }));
  const response = await hub.post(`/topics/${topic}/streams/${stream}/events/data`, events);
  expect(response.status).toBe(200);
}

/** The streams of the hub that clients of this process begin from now on, with their arguments. */
function watchStreams(): jest.SpyInstance {
  return jest.spyOn(signalR.HubConnection.prototype, 'stream');
}

/** How many readers a server has. */
async function followers(hub: TestHub): Promise<number> {
  return Number(/^writer_hub_followers (\d+)$/m.exec(await hub.read('/metrics'))?.[1]);
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('read', () => {
  let hub: TestHub;
  /** A topic of three events. */
  let t: string;

  beforeEach(async () => {
    [hub, t] = [await sharedServer.hub(), freshName('t')];
    await append(hub, `${t}/a`, ['0', '1']);
    await append(hub, `${t}/b`, ['2']);
  });

  it.each([
    ['JSON', {}],
    ['MessagePack', { protocol: new MessagePackHubProtocol() }],
  ])('gives what is stored, then what comes, with every digit and character, in %s', async (_, options) => {
    const caughtUp: string[] = [];
    const client = clientOf(hub.url, options);
    const reader = client.read(t, { from: 'earliest', onCaughtUp: (...at) => caughtUp.push(at.join(' ')) });
    expect(valuesOf(await take(reader, 3))).toEqual(['0', '1', '2']);
    const next = reader.next();
    await client.send(t, 'a b', { id: 'ü', timestamp: 1618133869000000123n, value: '"\u2028😀', tags: { k: 'v' } });
    await client.send(t, 'a b', { id: 'bare', timestamp: -1n });
    expect(await next).toEqual({
      done: false,
      value: {
        topic: t,
        streamId: 'a b',
        position: '4',
        timestamp: 1618133869000000123n,
        id: 'ü',
        value: '"\u2028😀',
        tags: { k: 'v' },
        read: 0,
      },
    });
    expect(await take(reader, 1)).toMatchObject([{ id: 'bare', timestamp: -1n, tags: {} }]);
    expect(caughtUp).toEqual([`${t} 3`]);
    expect(reader.position).toBe('5');
  });

  it.each([
    [{ from: 'earliest', streamId: 'b' }, ['2', 'end']],
    [{ from: '1' }, ['1', '2', 'end']],
    [{ from: 'latest' }, ['end']],
    [{}, ['end']],
    [{ from: { time: 1618133869000000123n } }, ['0', '1', '2', 'end']],
    [{ from: { time: new Date(0) } }, ['0', '1', '2', 'end']],
    [{ from: { time: '2100-01-01T00:00:00+01:00' } }, ['end']],
    [{ from: 'earliest', ids: ['id-1', 'id-2', 'id-end'] }, ['1', '2', 'end']],
    [{ from: 'earliest', tags: { n: 'end' } }, ['end']],
  ])('begins where it is asked to, and gives what is asked for: %#', async (filter, expected) => {
    const caughtUp: string[] = [];
    const reader = clientOf(hub.url).read(t, { ...filter, onCaughtUp: (topic) => caughtUp.push(topic) });
    const first = reader.next();
    if (expected.length === 1) while (caughtUp.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await append(hub, `${t}/b`, ['end']);
    const { value } = await first;
    expect([value?.value, ...valuesOf(await take(reader, expected.length - 1))]).toEqual(expected);
  });

  it('reads many topics and streams on one stream of the hub', async () => {
    const u = freshName('u');
    await append(hub, `${u}/a`, ['3']);
    const streams = watchStreams();
    const reader = clientOf(hub.url).read([
      { topic: u, from: 'earliest' },
      { topic: t, streamId: 'b', from: 'earliest' },
      { topic: t, ids: ['id-0'], from: 'earliest' },
    ]);
    const events = await take(reader, 3);
    expect(events.map(({ topic, read, value }) => `${read} ${topic} ${value}`).sort()).toEqual([
      `0 ${u} 3`,
      `1 ${t} 2`,
      `2 ${t} 0`,
    ]);
    await append(hub, `${u}/a`, ['4']);
    expect(await take(reader, 1)).toMatchObject([{ topic: u, read: 0, value: '4' }]);
    expect(reader.positions[0]).toBe('2');
    expect(streams).toHaveBeenCalledTimes(1);
  });

  it('asks for nothing before the first event is wanted, and leaves nothing behind', async () => {
    const streams = watchStreams();
    const states: string[] = [];
    const client = clientOf(hub.url, { onState: (state) => states.push(state) });
    const reader = client.read(t, { from: 'earliest' });
    expect(states).toEqual([]);
    for await (const { value } of reader) if (value === '1') break;
    expect(streams).toHaveBeenCalledTimes(1);
    while ((await followers(hub)) > 0) await new Promise((resolve) => setImmediate(resolve));
    await append(hub, `${t}/a`, ['3']);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(states).toEqual(['connecting', 'connected']);
  });

  it.each(['return', 'a signal', 'the end of the client'])('ends while it waits, by %s', async (way) => {
    const client = clientOf(hub.url);
    const ending = new AbortController();
    const reader = client.read(t, { signal: ending.signal, from: 'earliest' });
    await take(reader, 3);
    const waiting = [reader.next(), reader.next()];
    if (way === 'return') await reader.return();
    else if (way === 'a signal') ending.abort();
    else await client.close();
    const results = await Promise.allSettled(waiting);
    if (way === 'the end of the client') expect(results[0]).toMatchObject({ reason: { code: 'closed' } });
    else expect(results[0]).toMatchObject({ value: { done: true } });
    expect(results[1]).toMatchObject({ value: { done: true } });
  });

  it('does not begin when it was ended before', async () => {
    const streams = watchStreams();
    const client = clientOf(hub.url);
    expect(await client.read(t, { signal: AbortSignal.abort() }).next()).toMatchObject({ done: true });
    const returned = client.read(t);
    await returned.return();
    expect(await returned.next()).toMatchObject({ done: true });
    const opening = client.read(t, { from: 'earliest' });
    const waiting = opening.next();
    await opening.return();
    expect(await waiting).toMatchObject({ done: true });
    await client.flush();
    await client.send(t, 'a', { id: 'e' });
    expect(streams).not.toHaveBeenCalled();
  });

  it('tells how far it has come while nothing matches', async () => {
    const reader = clientOf(hub.url).read(t, { from: 'earliest', ids: ['none'] });
    const waiting = reader.next();
    const until = async (position: string): Promise<void> => {
      while (reader.position !== position) await new Promise((resolve) => setImmediate(resolve));
    };
    await until('3');
    await append(hub, `${t}/a`, ['3']);
    await until('4');
    await reader.return();
    await waiting;
  });

  it('keeps no more than its bound for a loop that is slow, and leaves nothing out', async () => {
    await append(hub, `${t}/c`, numbers(2000));
    const streams = watchStreams();
    const reader = clientOf(hub.url).read(t, { from: 'earliest', streamId: 'c', maxQueuedEvents: 100 });
    const values: unknown[] = [];
    for await (const { value } of reader) {
      values.push(value);
      // Time for more to come than there is room for.
      if (values.length % 50 === 0) for (let turns = 0; turns < 5; turns++) await hub.read('/readyz');
      if (values.length === 2000) break;
    }
    expect(values).toEqual(numbers(2000));
    expect(streams.mock.calls.length).toBeGreaterThan(5);
  });

  it('keeps one large event at a time when that is its bound', async () => {
    const large = numbers(5).map((n) => `${n}${'x'.repeat(100_000)}`);
    await append(hub, `${t}/c`, large);
    const reader = clientOf(hub.url).read(t, { from: 'earliest', streamId: 'c', maxQueuedBytes: 1000 });
    expect(valuesOf(await take(reader, 5))).toEqual(large);
  });
});

describe('a reader', () => {
  it('gives each event once and in order over a connection that is cut again and again', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    await append(hub, `${t}/s`, numbers(2000));
    let cuts = 0;
    const proxy = await CuttingProxy.start(portOf(hub), (delivered, length) =>
      delivered > 5000 * (1 + (cuts % 5)) && cuts++ < 30 ? length >> 1 : undefined,
    );
    const reader = clientOf(proxy.through(hub.url)).read(t, { from: 'earliest' });
    const stored = take(reader, 2000);
    const live = stored.then(() => take(reader, 50));
    expect(valuesOf(await stored)).toEqual(numbers(2000));
    for (const n of numbers(50)) {
      await append(hub, `${t}/s`, [n]);
      if (Number(n) % 10 === 0) proxy.cut();
    }
    expect(valuesOf(await live)).toEqual(numbers(50));
    expect(proxy.cuts).toBeGreaterThan(10);
    await reader.return();
    await proxy.close();
  });

  it('that was cut off before its first event goes on from where it had begun', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.start({ dataDir });
    await append(first, 't/s', ['before']);
    const caughtUp: string[] = [];
    const reader = clientOf(first.url).read('t', { onCaughtUp: (topic) => caughtUp.push(topic) });
    const next = reader.next();
    while (caughtUp.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const port = portOf(first);
    await first.close();
    // What is stored while it is away, by another address.
    const between = await TestHub.start({ dataDir });
    await append(between, 't/s', ['while it was away']);
    await between.close();
    const second = await TestHub.start({ dataDir, port });
    expect(await next).toMatchObject({ value: { value: 'while it was away' } });
    await append(second, 't/s', ['after']);
    expect(valuesOf(await take(reader, 1))).toEqual(['after']);
  });

  it('asks for another token when its own expires, and reads on', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    await append(hub, `${t}/s`, ['0']);
    const given: string[] = [];
    const reader = clientOf(hub.url, {
      token: () => {
        given.push(mintToken({ scopes: [`read:${t}`], expiresIn: given.length === 0 ? 1 : 60 }, SECRET).token);
        return given.at(-1)!;
      },
    }).read(t, { from: 'earliest' });
    await take(reader, 1);
    const next = reader.next();
    while (given.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await append(hub, `${t}/s`, ['1']);
    expect(await next).toMatchObject({ value: { value: '1' } });
  });

  it('waits for its turn where there are as many readers as may be', async () => {
    const hub = await TestHub.start({ maxFollowers: 1 });
    await append(hub, 't/s', ['0']);
    const client = clientOf(hub.url);
    const first = client.read('t', { from: 'earliest' });
    await take(first, 1);
    const second = client.read('t', { from: 'earliest' });
    const next = second.next();
    await hub.read('/readyz');
    await first.return();
    expect(await next).toMatchObject({ value: { value: '0' } });
  });

  it.each([
    ['unknown_topic', { topic: 'unknown' }],
    ['position_gone', { from: '1' }],
    ['invalid_query', { from: '99' }],
    ['invalid_query', { from: 'yesterday' }],
    ['invalid_query', { from: { time: '2020-01-01' } }],
    ['invalid_query', { ids: [] }],
    ['invalid_name', { topic: 'a/b' }],
    ['forbidden', {}],
  ])('ends with %s in the words of the server', async (code, asked: Partial<ReadQuery>) => {
    const [hub, known] = [await sharedServer.hub(), freshName('t')];
    const { topic = known, ...options } = asked;
    await append(hub, `${known}/s`, ['0', '1']);
    if (code === 'position_gone') {
      expect((await hub.fetch(`/topics/${known}`, { method: 'DELETE' })).status).toBeLessThan(300);
      await append(hub, `${known}/s`, ['2', '3']);
    }
    const bearer = code === 'forbidden' ? { token: token('read:other') } : {};
    const reader = clientOf(hub.url, bearer).read(topic, options);
    const error = await reader.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(`^${code}: .`) as unknown });
    expect(await reader.next()).toMatchObject({ done: true });
    if (code !== 'position_gone') return;
    const { earliest } = error as HubError;
    expect(earliest).toMatch(/^g\d+-0$/);
    const again = clientOf(hub.url).read(topic, { from: earliest! });
    expect(valuesOf(await take(again, 2))).toEqual(['2', '3']);
  });

  it('gives what came before the topic was removed, and then unknown_topic', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    await append(hub, `${t}/s`, ['0', '1']);
    const reader = clientOf(hub.url).read(t, { from: 'earliest' });
    expect(valuesOf(await take(reader, 1))).toEqual(['0']);
    await hub.fetch(`/topics/${t}`, { method: 'DELETE' });
    expect(valuesOf(await take(reader, 1))).toEqual(['1']);
    await expect(reader.next()).rejects.toMatchObject({ code: 'unknown_topic' });
  });
});

describe('a page that comes to life again', () => {
  /** Stands for a page in Node.js: what listens to its events. */
  const listeners = new Map<string, () => void>();
  const page = {
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
    removeEventListener: (name: string) => listeners.delete(name),
  };

  beforeEach(() => {
    Object.assign(globalThis, page);
  });

  afterEach(() => {
    for (const name of Object.keys(page)) Reflect.deleteProperty(globalThis, name);
  });

  it.each(['visibilitychange', 'pageshow', 'online'])(
    'reopens what was silent for two heartbeats, and nothing else, at %s',
    async (name) => {
      const [hub, t] = [await sharedServer.hub(), freshName('t')];
      await append(hub, `${t}/s`, ['0']);
      const states: string[] = [];
      const client = clientOf(hub.url, { onState: (state) => states.push(state) });
      const reader = client.read(t, { from: 'earliest' });
      await take(reader, 1);
      const next = reader.next();
      listeners.get(name)!();
      await append(hub, `${t}/s`, ['1']);
      expect(await next).toMatchObject({ value: { value: '1' } });
      expect(states).toEqual(['connecting', 'connected']);

      const after = reader.next();
      const now = Date.now();
      jest.spyOn(Date, 'now').mockReturnValue(now + 30_001);
      listeners.get(name)!();
      jest.restoreAllMocks();
      while (states.length < 5) await new Promise((resolve) => setImmediate(resolve));
      expect(states.slice(2)).toEqual(['waiting', 'connecting', 'connected']);
      await append(hub, `${t}/s`, ['2']);
      expect(await after).toMatchObject({ value: { value: '2' } });
      await client.close();
      expect(listeners.size).toBe(0);
    },
  );

  it('does not wait for the time of its next attempt', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const states: string[] = [];
    const url = { current: 'http://127.0.0.1:1' };
    const client = clientOf(hub.url, {
      retryDelayMs: 2 ** 30,
      maxRetryDelayMs: 2 ** 30,
      token: () => (url.current === hub.url ? token('admin') : Promise.reject(new Error('no network'))),
      onState: (state) => states.push(state),
    });
    const sent = client.send(t, 's', { id: 'e' });
    while (!states.includes('waiting')) await new Promise((resolve) => setImmediate(resolve));
    url.current = hub.url;
    await new Promise((resolve) => setImmediate(resolve));
    listeners.get('online')!();
    await sent;
  });
});

function portOf({ url }: TestHub): number {
  return Number(new URL(url).port);
}
