import { HubError } from '../../src/client';
import { errorKinds } from '../../src/errors';
import { PASSING_CODES } from '../../src/client/hub-error';
import { CuttingProxy } from '../conformance/support/cutting-proxy';
import { freshName, SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';
import { mintToken } from '../../src/auth/token-minter';
import { clientOf, numbers, valuesOf, watchInvocations } from './support/client';

const sharedServer = new SharedHub();
const event = (value: string) => ({ id: 'e', value });
/** Its timestamp has more than 64 bits. */
const BAD = { id: 'e', timestamp: 2n ** 63n };

describe('send', () => {
  it('resolves when events are stored, with every digit and character of them', async () => {
    const hub = await TestHub.start();
    const client = clientOf(hub.url);
    const tags = { car: '1', 'ключ "': '\u2028' };
    await client.send('cars', 'car 1', [
      { id: 'a', timestamp: 1618133869000000123n, value: '1e400', tags },
      { id: 'b', timestamp: -9223372036854775808n },
    ]);
    const text = await hub.read('/topics/cars/streams/car%201/events/data');
    expect(text).toContain('"timestamp":1618133869000000123,');
    expect(text).toContain('"timestamp":-9223372036854775808,');
    expect(JSON.parse(text)).toMatchObject({ events: [{ id: 'a', value: '1e400', tags }, { id: 'b' }] });
  });

  it('gathers what comes for a stream while another batch is under way', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const invocations = watchInvocations();
    const client = clientOf(hub.url, { maxBatchEvents: 50, batchDelayMs: 0 });
    const streams = ['a', 'b', 'c'];
    await Promise.all(numbers(300).flatMap((n) => streams.map((stream) => client.send(t, stream, event(n)))));
    for (const stream of streams) expect(await valuesOf(hub, t, stream)).toEqual(numbers(300));
    expect(invocations).toHaveLength(18);
    expect(new Set(invocations.map(({ key }) => key)).size).toBe(18);
    expect(Math.max(...invocations.map(({ events }) => events.length))).toBe(50);
  });

  it('never divides what one call gives, and makes batches of no more than so many characters', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const invocations = watchInvocations();
    const client = clientOf(hub.url, { maxBatchEvents: 5, maxBatchBytes: 1000 });
    const long = { id: 'e', value: 'x'.repeat(600) };
    await Promise.all([
      client.send(t, 's', numbers(12).map(event)),
      client.send(t, 's', long),
      client.send(t, 's', long),
      client.send(t, 's', []),
    ]);
    expect(invocations.map(({ events }) => events.length)).toEqual([12, 1, 1]);
  });

  it('stores events once and in order over a connection that is cut again and again', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    let cuts = 0;
    // Every third piece of an answer is lost with its connection, twenty times.
    const proxy = await CuttingProxy.start(portOf(hub), (delivered) =>
      delivered > 400 && cuts++ < 20 ? 0 : undefined,
    );
    const invocations = watchInvocations();
    const client = clientOf(proxy.through(hub.url), { maxBatchEvents: 10 });
    await Promise.all(numbers(400).flatMap((n) => ['a', 'b'].map((stream) => client.send(t, stream, event(n)))));
    for (const stream of ['a', 'b']) expect(await valuesOf(hub, t, stream)).toEqual(numbers(400));
    expect(proxy.cuts).toBeGreaterThanOrEqual(20);
    const contents = new Map<string, Set<string>>();
    for (const { key, events } of invocations) {
      contents.set(key, (contents.get(key) ?? new Set()).add(JSON.stringify(events)));
    }
    expect(invocations.length).toBeGreaterThan(contents.size);
    expect([...contents.values()].every((texts) => texts.size === 1)).toBe(true);
    await client.close();
    await proxy.close();
  });

  it('goes on when the server was stopped and is started again', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.start({ dataDir });
    const trouble: string[] = [];
    const client = clientOf(first.url, {
      onState: (state, error) => {
        if (error !== undefined) trouble.push(state);
      },
    });
    await client.send('t', 's', event('0'));
    await first.close();
    const later = numbers(20).map((n) => client.send('t', 's', event(n)));
    while (trouble.length < 3) await new Promise((resolve) => setImmediate(resolve));
    const second = await TestHub.start({ dataDir, port: portOf(first) });
    await Promise.all(later);
    expect(await valuesOf(second, 't', 's')).toEqual(['0', ...numbers(20)]);
    expect(new Set(trouble)).toEqual(new Set(['waiting']));
  });

  it('refuses for good what the server refuses for good, in its words, and nothing else', async () => {
    const hub = await TestHub.start();
    const client = clientOf(hub.url, { token: token('append:mine') });
    await hub.post('/topics/mine/streams/s/events/data', [{ id: 'e', timestamp: 1, value: 'first' }]);
    const [a, foreign, b, bad, c, name] = await Promise.allSettled([
      client.send('mine', 's', event('a')),
      client.send('foreign', 's', event('x')),
      client.send('mine', 's', event('b')),
      client.send('mine', 's', [event('y'), BAD]),
      client.send('mine', 's', event('c')),
      client.send('mine', 's/1', event('z')),
    ]);
    expect([a, b, c].map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(foreign).toMatchObject({ reason: { name: 'HubError', code: 'forbidden' } });
    expect(bad).toMatchObject({ reason: { code: 'invalid_events' } });
    expect((bad as PromiseRejectedResult).reason).toBeInstanceOf(HubError);
    expect(String((bad as PromiseRejectedResult).reason)).toMatch(/^HubError: invalid_events: .*\n\[1\] /s);
    expect(name).toMatchObject({ reason: { code: 'invalid_name' } });
    expect(await valuesOf(hub, 'mine', 's')).toEqual(['first', 'a', 'b', 'c']);
  });

  it.each([
    [null, 'events[0] is null'],
    [undefined, 'events[0] is undefined'],
    ['text', 'events[0] is text'],
    [[event('0'), null], 'events[1] is null'],
    [{ id: 'x', timestmp: 5 }, 'events[0].timestmp is unknown'],
    [[event('0'), { ...event('1'), vale: '' }], 'events[1].vale is unknown'],
  ])('names what is no event, or has what no event has, and sends nothing: %#', async (events, reason) => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const invocations = watchInvocations();
    await expect(clientOf(hub.url).send(t, 's', events as never)).rejects.toMatchObject({
      name: 'HubError',
      code: 'invalid_events',
      message: `invalid_events: ${reason}`,
    });
    expect(invocations).toEqual([]);
  });

  it('finds the calls that a batch is refused for, however many went with them', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const client = clientOf(hub.url);
    const calls = numbers(200).map((n) => client.send(t, 's', n === '17' || n === '170' ? BAD : event(n)));
    const results = await Promise.allSettled(calls);
    const refused = numbers(200).filter((_, index) => results[index]!.status === 'rejected');
    expect(refused).toEqual(['17', '170']);
    expect(await valuesOf(hub, t, 's')).toEqual(numbers(200).filter((n) => !refused.includes(n)));
  });

  it('rejects at once when too much waits, or waits for room, as the caller likes', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const events = numbers(100).map(event);
    const rejecting = clientOf(hub.url, { maxQueuedEvents: 150 });
    const [first, second, third] = await Promise.allSettled(numbers(3).map(() => rejecting.send(t, 'r', events)));
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
    expect(third).toMatchObject({ reason: { code: 'queue_full' } });
    await rejecting.send(t, 'r', events);

    const waiting = clientOf(hub.url, { maxQueuedBytes: 5000, whenFull: 'wait' });
    await Promise.all(numbers(300).map((n) => waiting.send(t, 'w', event(n))));
    expect(await valuesOf(hub, t, 'w')).toEqual(numbers(300));
    await waiting.send(t, 'w', { id: 'larger than all', value: 'x'.repeat(6000) });
  });

  it.each([[undefined], [20_000]])('refuses what is larger than a message, and nothing else, at %s', async (known) => {
    const hub = await TestHub.start({ maxMessageBytes: 20_000 });
    const client = clientOf(hub.url, known === undefined ? {} : { maxMessageBytes: known });
    const large = { id: 'e', value: '€'.repeat(8000) };
    const results = await Promise.allSettled([
      client.send('t', 's', event('0')),
      client.send('t', 's', large),
      client.send('t', 's', event('1')),
      client.send('t', 'other', event('2')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'message_too_large' } });
    expect(await valuesOf(hub, 't', 's')).toEqual(['0', '1']);
  });

  it('rejects what waits when the client is closed, and what comes later', async () => {
    const client = clientOf('http://127.0.0.1:1');
    const waiting = client.send('t', 's', event('0'));
    const flushed = client.flush();
    await client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await flushed;
    await expect(client.send('t', 's', event('1'))).rejects.toMatchObject({ code: 'closed' });
  });

  it('flush resolves when all that was sent is stored or refused, at once', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const client = clientOf(hub.url, { batchDelayMs: 2 ** 30 });
    const results = Promise.allSettled([client.send(t, 's', event('0')), client.send(t, 's', BAD)]);
    await client.flush();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('the token', () => {
  const expired = mintToken({ scopes: ['admin'], expiresIn: 1, now: () => 0 }, SECRET).token;

  it('is asked for again when it is refused', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const tokens = [expired, 'no token', `${expired}x`, token('admin')];
    const client = clientOf(hub.url, { token: () => Promise.resolve(tokens.shift() ?? token('admin')) });
    await client.send(t, 's', event('0'));
    expect(await valuesOf(hub, t, 's')).toEqual(['0']);
  });

  it.each([
    ['a text', expired],
    ['a function that gives it again', () => expired],
  ])('that is refused for good ends what waits when it is %s', async (_, wrong) => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const client = clientOf(hub.url, { token: wrong });
    const results = await Promise.allSettled(['a', 'b', 'a'].map((stream) => client.send(t, stream, event('0'))));
    expect(results).toMatchObject(Array.from({ length: 3 }, () => ({ reason: { code: 'unauthenticated' } })));
  });

  it('is renewed when it expires on a connection', async () => {
    const [hub, t] = [await sharedServer.hub(), freshName('t')];
    const given: string[] = [];
    const client = clientOf(hub.url, {
      token: () => {
        given.push(mintToken({ scopes: ['admin'], expiresIn: given.length === 0 ? 1 : 60 }, SECRET).token);
        return given.at(-1)!;
      },
    });
    for (let sent = 0; given.length < 2; sent++) await client.send(t, 's', event(String(sent)));
    await client.send(t, 's', event('last'));
    const values = await valuesOf(hub, t, 's');
    expect(values).toEqual([...numbers(values.length - 1), 'last']);
  });

  it('does not help where there is no hub, or no way in', async () => {
    const hub = await TestHub.start({ corsOrigins: ['https://app.example'] });
    await expect(clientOf(`${hub.url}/elsewhere`).send('t', 's', event('0'))).rejects.toMatchObject({
      code: 'not_found',
    });
    const connectionOptions = { headers: { origin: 'https://evil.example' } };
    await expect(clientOf(hub.url, { connectionOptions }).send('t', 's', event('0'))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

it('knows which codes of the server pass', () => {
  const passing = Object.entries(errorKinds).flatMap(([code, { retry }]) => (retry ? [code] : []));
  expect([...PASSING_CODES].sort()).toEqual(passing.sort());
});

function portOf({ url }: TestHub): number {
  return Number(new URL(url).port);
}
