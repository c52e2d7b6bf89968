import { once } from 'node:events';
import { request as openRequest } from 'node:http';
import { WebSocket } from 'ws';
import { type ChannelLink, HubChannel } from '../../../../src/store/kafka/hub-channel';
import type { AppendReceipt } from '../../../../src/store/contract/event-log';
import { answer, ASKED } from '../../../../src/store/kafka/views/asked-roles';
import { LinkKeys } from '../../../../src/store/kafka/views/link-keys';
import { PROTOCOL, readMessages } from '../../../../src/store/kafka/views/link-messages';
import { LinkServer } from '../../../../src/store/kafka/views/link-server';
import { ViewHubs } from '../../../../src/store/kafka/views/view-hubs';
import { ViewScope } from '../../../../src/store/kafka/views/view-scope';
import { temporaryDirectory } from '../../../support/temporary-directory';
import { batchAt, idsOf, readAll, send } from '../../support/batches';
import { MemoryLogs } from '../support/memory-cluster';
import { type DividedHub, linked, openDivided } from './divided-hub';

describe('hubs with views of some topics', () => {
  let logs: MemoryLogs;
  let hubs: DividedHub[];

  beforeEach(() => {
    logs = new MemoryLogs();
    hubs = [];
  });

  afterEach(async () => {
    await Promise.all(hubs.map((hub) => hub.close()));
  });

  async function open(view: string, options: Parameters<typeof openDivided>[2] = {}): Promise<DividedHub> {
    const hub = await openDivided(logs, view, options);
    hubs.push(hub);
    return hub;
  }

  async function close(hub: DividedHub): Promise<void> {
    hubs = hubs.filter((each) => each !== hub);
    await hub.close();
  }

  it('keep what belongs to a topic on the hubs that have a view of it alone', async () => {
    const [one, two] = [await open('a'), await open('b')];
    await Promise.all([linked(one, 1), linked(two, 1)]);
    for (const { store } of [one, two]) {
      await send(store, 's', batchAt(1), 'a');
      await send(store, 's', batchAt(2), 'b');
    }
    const stored = async ({ store }: DividedHub): Promise<number[]> =>
      (await store.view.catalogue.topics({ limit: 9 })).map(({ recordCount }) => recordCount);
    expect([await stored(one), await stored(two)]).toEqual([
      [2, 0],
      [0, 2],
    ]);
    for (const { store } of [one, two]) {
      const topics = await store.catalogue.topics({ limit: 9 });
      expect(topics.map(({ name, recordCount }) => [name, recordCount])).toEqual([
        ['a', 2],
        ['b', 2],
      ]);
      expect(idsOf(await readAll(store, { topic: 'a' }))).toEqual(['1', '1']);
    }
  });

  it('refuse writes and reads at once, or soon, while no hub with the view can be reached', async () => {
    const hub = await open('none', { patience: 20 });
    await expect(send(hub.store, 's', batchAt(1))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('no hub that has a view of t can be reached') as string,
    });
    await expect(hub.store.log.read({ topic: 't', limit: 1 })).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('settle what was under way when the hub with the view was lost as it turns out at another', async () => {
    const [one, writer] = [await open('all'), await open('none')];
    await linked(writer, 1);
    await send(writer.store, 's', batchAt(1));
    one.cluster.hold();
    const outcomes = [2, 3, 4].map((number) => send(writer.store, 's', batchAt(number)));
    const two = await open('all');
    await linked(writer, 2);
    await close(one);
    await Promise.all(outcomes);
    expect(idsOf(await readAll(two.store))).toEqual(['1', '2', '3', '4']);
    expect(idsOf(await readAll(writer.store))).toEqual(['1', '2', '3', '4']);
  });

  it('tell what became of writes that were carried out before anybody could be told', async () => {
    const [one, writer] = [await open('all'), await open('none')];
    await linked(writer, 1);
    await send(writer.store, 's', batchAt(1));
    one.cluster.hold();
    const keyed = (number: number): Promise<AppendReceipt> => {
      const record = { subject: 'me', key: 'k', fingerprint: Buffer.alloc(32, number), answer: '', expiresAt: 2e12 };
      const batch = batchAt(number);
      return writer.store.log.append({ topic: 't', streamId: 's', batch, createTopic: true, record });
    };
    const [stored, refused] = [keyed(2), keyed(3)];
    refused.catch(() => undefined);
    // It carries all of it out while the writer listens to the other.
    const two = await open('all');
    await two.store.log.resolve('t', 'latest');
    while ((await two.store.view.catalogue.topic('t'))?.recordCount !== 2) await new Promise(setImmediate);
    await linked(writer, 2);
    await close(one);
    expect((await stored).position).toBe('2');
    await expect(refused).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });

  it('say that it is not known what became of a write when all who knew are gone', async () => {
    const [one, writer] = [await open('all'), await open('none')];
    await linked(writer, 1);
    await send(writer.store, 's', batchAt(1));
    const directory = temporaryDirectory();
    one.cluster.hold();
    const lost = send(writer.store, 's', batchAt(2));
    await close(one);
    // One that nobody hears carries it out, and is gone.
    const deaf = await openDivided(logs, 'all', { directory, keys: ['a secret that the others do not have'] });
    await deaf.close();
    await open('all', { directory });
    await expect(lost).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('go on where they were when they have a view again that they had before', async () => {
    const all = await open('all');
    const directory = temporaryDirectory();
    const before = await open('t', { directory });
    await linked(before, 1);
    await send(before.store, 's', batchAt(1));
    await close(before);
    const without = await open('none', { directory });
    await linked(without, 1);
    await send(all.store, 's', batchAt(2));
    expect(idsOf(await readAll(without.store))).toEqual(['1', '2']);
    expect((await without.store.view.catalogue.topic('t'))?.recordCount).toBe(1);
    await close(without);
    const again = await open('t', { directory });
    await again.store.log.resolve('t', { position: '2' });
    expect((await again.store.view.catalogue.topic('t'))?.recordCount).toBe(2);
  });

  it('tell live readers what was written while the hub they were told by was lost', async () => {
    const [one, two] = [await open('all'), await open('all')];
    const reader = await open('none');
    await linked(reader, 2);
    await send(one.store, 's', batchAt(1));
    const told: string[] = [];
    let wake = (): void => undefined;
    reader.store.observe({
      onAdvance: (ends) => {
        told.push(...ends.keys());
        wake();
      },
    });
    const reached = async (count: number): Promise<void> => {
      while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    await send(one.store, 's', batchAt(2));
    await reached(1);
    told.length = 0;
    await close(one);
    await send(two.store, 's', batchAt(3));
    await reached(1);
    expect(new Set(told)).toEqual(new Set(['t']));
    expect(idsOf(await readAll(reader.store))).toEqual(['1', '2', '3']);
  });

  it('are not believed without the secret, neither as who asks nor as who answers', async () => {
    await open('all');
    const stranger = await open('none', { keys: ['another secret, that no other hub has'], patience: 300 });
    await expect(stranger.store.log.read({ topic: 't', limit: 1 })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(stranger.views.status().hubs).toBe(0);
  });
});

describe('LinkServer', () => {
  const keys = new LinkKeys(['a secret that all hubs of the test have']);
  let server: LinkServer;
  let port: number;
  let links: number;

  beforeEach(async () => {
    links = 0;
    server = new LinkServer(keys, () => (links += 1));
    port = await server.listen({ host: '127.0.0.1', port: 0 });
  });

  afterEach(() => {
    server.close();
  });

  async function challenge(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${port}/views/challenge`)).text();
  }

  async function connect(authorization: string, protocol = PROTOCOL): Promise<number> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/views`, protocol, { headers: { authorization } });
    socket.on('error', () => undefined);
    const opened = once(socket, 'open').then(() => 101);
    const refused = once(socket, 'unexpected-response').then(
      ([, answer]) => (answer as { readonly statusCode: number }).statusCode,
    );
    const status = await Promise.race([opened, refused]);
    socket.terminate();
    return status;
  }

  const proof = (given: string, nonce = 'mine'): string =>
    `${given} ${nonce} ${keys.prove('call', `${given} ${nonce}`)}`;

  it('takes a proof once', async () => {
    const given = proof(await challenge());
    expect([await connect(given), await connect(given), links]).toEqual([101, 403, 1]);
  });

  it.each<[what: string, change: (given: string) => string]>([
    ['nothing', () => ''],
    ['a proof of a challenge that it did not give', () => proof('made-up')],
    ['a proof of another nonce', (given) => proof(given).replace('mine', 'yours')],
    ['a proof for another purpose', (given) => `${given} mine ${keys.prove('answer', `${given} mine`)}`],
  ])('refuses %s', async (_, change) => {
    expect([await connect(change(await challenge())), links]).toEqual([403, 0]);
  });

  it('closes a link whose messages it cannot read, and says so', async () => {
    server.close();
    let served: WebSocket | undefined;
    server = new LinkServer(keys, (socket) => {
      served = socket;
      readMessages(socket, () => undefined);
    });
    port = await server.listen({ host: '127.0.0.1', port: 0 });
    const headers = { authorization: proof(await challenge()) };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/views`, PROTOCOL, { headers });
    await once(socket, 'open');
    socket.send(Buffer.from('what is this'));
    expect((await once(socket, 'close'))[0]).toBe(1003);
    expect(served).toBeDefined();
  });

  it('refuses what speaks another version', async () => {
    expect(await connect(proof(await challenge()), 'writer-hub-view.0')).toBe(426);
  });

  it('keeps no more challenges than it must', async () => {
    const first = await challenge();
    await Promise.all(Array.from({ length: 1000 }, challenge));
    expect(await connect(proof(first))).toBe(403);
  });

  it('answers anything else with 404', async () => {
    const request = openRequest({ port, path: '/topics' }).end();
    const [answer] = (await once(request, 'response')) as [{ readonly statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(404);
  });
});

describe('ViewHubs', () => {
  it('takes what it cannot read for nothing, and a goodbye for one', async () => {
    const logs = new MemoryLogs();
    const channel = new HubChannel({ cluster: logs.newCluster(), log: 'hubs', onFailure: fail });
    const seen: string[] = [];
    const hubs = new ViewHubs(channel, {
      ...{ id: 'me', scope: new ViewScope('none'), interval: 60_000 },
      onCome: ({ id }) => seen.push(`${id} comes`),
      onGone: ({ id }) => seen.push(`${id} is gone`),
    });
    const up = new Promise<void>((resolve) => {
      const listener = { onUp: resolve, onDown: fail, onFrame: () => undefined };
      said = channel.connect(listener);
    });
    await up;
    const frames = [
      '',
      '{',
      '{}',
      '[]',
      '{"hub":1}',
      '{"hub":"a","address":"a:1","view":"all","asks":true}',
      '{"hub":"a"}',
    ];
    for (const frame of frames) said?.publish('views', Buffer.from(frame));
    while (seen.length < 2) await new Promise(setImmediate);
    expect(seen).toEqual(['a comes', 'a is gone']);
    hubs.close();
    await channel.close();
  });

  let said: ChannelLink | undefined;

  function fail(error: unknown): never {
    throw error;
  }
});

describe('calls of other hubs', () => {
  const roles = {} as Parameters<typeof answer>[0];

  it.each(['log.append', 'log.constructor', 'tokens.revokeToken', '__proto__.x', 'log', ''])('are not %s', (call) => {
    expect(() => answer(roles, call, [])).toThrow(/there is no call/);
  });

  it('are about one topic, which their arguments say', () => {
    expect(ASKED.rows.readRows({ name: 'd', limit: 1 })).toBe('d');
    expect(ASKED.log.resolve('t', 'latest')).toBe('t');
  });
});
