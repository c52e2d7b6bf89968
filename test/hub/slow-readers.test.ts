import { WebSocket } from 'ws';
import { atEnd, TestHub, token } from '../support/test-hub';
import { Collected, connectBy, Reading } from './support/hub-clients';

const BATCHES = 40;
const PER_BATCH = 200;
/** More in all than the sockets between client and server hold. */
const VALUE = 'x'.repeat(3_000);

interface Sent {
  readonly type: number;
  readonly item?: { readonly type: string; readonly id: string };
  readonly arguments?: readonly { readonly id: string }[];
}

/** A client that takes nothing while it is paused. */
async function rawClient(hub: TestHub): Promise<{ socket: WebSocket; messages: Collected<Sent> }> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/hub?access_token=${token('admin')}`);
  atEnd(() => {
    socket.terminate();
  });
  const messages = new Collected<Sent>();
  socket.on('message', (data: Buffer) => {
    for (const record of data.toString().split('\x1e').slice(0, -1)) messages.add(JSON.parse(record) as Sent);
  });
  socket.on('close', () => {
    messages.finish('closed');
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('{"protocol":"json","version":1}\x1e');
  await messages.count(1);
  return { socket, messages };
}

const CALLS = {
  ReadEvents: '{"type":4,"invocationId":"i","target":"ReadEvents","arguments":["t"]}\x1e',
  SubscribeToEvent: '{"type":1,"invocationId":"i","target":"SubscribeToEvent","arguments":["t","*","*"]}\x1e',
};

const idsIn = (all: Sent[]): string[] =>
  all.flatMap(({ item, arguments: args }) => (item?.type === 'event' ? [item.id] : (args?.map(({ id }) => id) ?? [])));

async function write(hub: TestHub): Promise<string[]> {
  const ids: string[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const events = Array.from({ length: PER_BATCH }, (_, index) => ({
      ...{ id: `${batch}-${index}`, timestamp: 1, value: VALUE },
    }));
    ids.push(...events.map(({ id }) => id));
    expect((await hub.post('/topics/t/streams/a/events/data', events)).status).toBe(200);
  }
  return ids;
}

const gauge = async (hub: TestHub, name: string): Promise<number> =>
  Number(new RegExp(`^writer_hub_${name} (\\d+)$`, 'm').exec(await hub.read('/metrics'))![1]);

describe.each(Object.entries(CALLS))('a reader by %s that takes nothing', (_, call) => {
  it('slows nobody, is held little for, and catches up', async () => {
    const hub = await TestHub.start({ feedBufferBytes: 1024 * 1024, shutdownTimeout: 200 });
    await hub.post('/topics/t/streams/a/events/data', [{ id: 'first', timestamp: 1 }]);
    const { socket, messages } = await rawClient(hub);
    socket.send(call);
    await messages.count(2);
    const other = new Reading(await connectBy(hub), 't');
    await other.untilLive();
    socket.pause();
    const ids = await write(hub);
    await other.untilIds(ids.length);
    expect(other.ids).toEqual(ids);
    expect(idsIn(messages.all).length).toBeLessThan(ids.length);
    // What waits is in the store: a page of it at the most is in memory, and what is on its way.
    expect(await gauge(hub, 'held_bytes')).toBeLessThan(6 * 1024 * 1024);
    expect(await gauge(hub, 'feed_bytes')).toBeLessThan(2 * 1024 * 1024);
    socket.resume();
    // Each message is of one event, and looked at again and again it would take long.
    await messages.until((all) => all.length >= ids.length && idsIn(all).length >= ids.length);
    expect(idsIn(messages.all)).toEqual(ids);
  });

  it('is dropped after the time that it has', async () => {
    const hub = await TestHub.start({ sendTimeout: 300, shutdownTimeout: 200 });
    await hub.post('/topics/t/streams/a/events/data', [{ id: 'first', timestamp: 1 }]);
    const { socket, messages } = await rawClient(hub);
    socket.send(call);
    await messages.count(2);
    socket.pause();
    await write(hub);
    while (!(await hub.read('/metrics')).includes('limit_strikes_total{limit="hub_send_timeout"} 1\n'));
    while ((await gauge(hub, 'followers')) > 0 || (await gauge(hub, 'subscriptions')) > 0);
    expect(await gauge(hub, 'held_bytes')).toBeLessThan(1024 * 1024);
  });
});

describe('readers of the hub', () => {
  it('who are many are given one encoding, in order', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    await hub.post('/topics/t/streams/a/events/data', [{ id: 'first', timestamp: 1 }]);
    const protocols = ['json', 'messagepack'] as const;
    const readings = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, index) => new Reading(await connectBy(hub, { protocol: protocols[index % 2]! }), 't'),
      ),
    );
    for (const reading of readings) await reading.untilLive();
    const ids: string[] = [];
    for (let batch = 0; batch < 5; batch++) {
      const events = Array.from({ length: 20 }, (_, index) => ({ id: `${batch}-${index}`, timestamp: 1, value: 'ü' }));
      ids.push(...events.map(({ id }) => id));
      await hub.post('/topics/t/streams/a/events/data', events);
    }
    for (const reading of readings) {
      await reading.untilIds(ids.length);
      expect(reading.ids).toEqual(ids);
      expect(reading.all.filter(({ type }) => type === 'event')).toEqual(
        readings[0]!.all.filter(({ type }) => type === 'event'),
      );
    }
  });
});
