import { decodeFrame, encodeFrame } from '../../../src/signalr/scaleout/frames';
import { useHubs } from '../support/hub-servers';
import { arrive, heardBy, runJoined } from '../support/joined-servers';
import { MemoryBackplane } from '../support/memory-backplane';
import { handshake } from '../support/stateful-hub';

const hubs = useHubs();

const GONE = 'the backplane is gone: clients of other servers are not reached';
const SILENT = 'the backplane is silent: what is published to it does not come back';
const UNREACHABLE = 'the backplane cannot be reached: clients of other servers are not reached';
const BACK = 'the backplane is back';

describe('the link of a server to the others', () => {
  it('knows who is there, until they say goodbye or are missed', async () => {
    const { servers, beat, network } = await runJoined(hubs, 4);
    const count = (): (number | undefined)[] => servers.map(({ backplane }) => backplane?.servers);
    expect(count()).toEqual([3, 3, 3, 3]);
    await servers[3]!.close();
    await arrive();
    expect(count().slice(0, 3)).toEqual([2, 2, 2]);
    network.links[2]!.closed = true;
    await beat(5, [0, 1]);
    expect(count().slice(0, 2)).toEqual([2, 2]);
    await beat(1, [0, 1]);
    expect(count().slice(0, 2)).toEqual([1, 1]);
    network.links[2]!.closed = false;
    await beat(1);
    expect(count().slice(0, 3)).toEqual([2, 2, 2]);
  });

  it('takes nobody for gone because this process stood still', async () => {
    const { servers, clocks } = await runJoined(hubs, 2);
    // Five seconds pass in one leap: to a process that stood still, that is one beat.
    for (let i = 0; i < 5; i++) clocks[0]!.advance(1000);
    await arrive();
    expect(servers[0]!.backplane).toMatchObject({ servers: 1, connected: true });
  });

  it('that is lost is logged and counted, and comes back by itself', async () => {
    const { servers, beat, network, running, join } = await runJoined(hubs, 2);
    const members = [await join(0), await join(1)];
    network.links[0]!.cut();
    for (let i = 0; i < 3; i++) expect(await servers[0]!.clients.all.send('M', i)).toBe(false);
    await beat(20);
    expect(servers[0]!.backplane).toMatchObject({ connected: false, gaps: 1, lostMessages: 3 });
    expect(running[0]!.log.takeErrors()).toEqual([GONE]);
    network.links[0]!.restore();
    await beat(1);
    expect(running[0]!.log.errors).toEqual([{ fields: { lostFrames: 3 }, message: BACK }]);
    running[0]!.log.takeErrors();
    expect(servers[0]!.backplane).toMatchObject({ connected: true, servers: 1, gaps: 1 });
    expect(await heardBy(members, () => servers[0]!.clients.all.send('M', 'after'))).toEqual([
      [0, 1, 2, 'after'],
      ['after'],
    ]);
  });

  it('that looks well and brings nothing is noticed', async () => {
    const { servers, beat, network, running } = await runJoined(hubs, 2);
    network.links[0]!.deaf = true;
    await beat(5);
    expect(servers[0]!.backplane?.connected).toBe(true);
    await beat(1);
    expect(running[0]!.log.takeErrors()).toEqual([SILENT]);
    await beat(20);
    // Whoever hears nobody takes nobody for gone.
    expect(servers[0]!.backplane).toMatchObject({ connected: false, servers: 1, gaps: 1 });
    network.links[0]!.deaf = false;
    await beat(1);
    expect(running[0]!.log.takeErrors()).toEqual([BACK]);
    expect(servers[0]!.backplane).toMatchObject({ connected: true, servers: 1 });
  });

  it('that has lost its subscriptions has them again', async () => {
    const { servers, beat, network, running, join } = await runJoined(hubs, 2);
    const member = await join(0, 'ann');
    network.links[0]!.channels.clear();
    await beat(7);
    expect(running[0]!.log.takeErrors()).toEqual([SILENT, BACK]);
    expect(await heardBy([member], () => servers[1]!.clients.user('ann').send('M', 1))).toEqual([[1]]);
  });

  it('that is not there at the start is said once, and holds up nobody', async () => {
    const network = new MemoryBackplane();
    network.reachable = false;
    const { servers, beat, running, join } = await runJoined(hubs, 1, { network });
    const member = await join(0, 'ann');
    expect(await heardBy([member], () => servers[0]!.clients.user('ann').send('M', 1))).toEqual([[1]]);
    await beat(20);
    expect(running[0]!.log.takeErrors()).toEqual([UNREACHABLE]);
    network.links[0]!.restore();
    await beat(1);
    expect(running[0]!.log.takeErrors()).toEqual([BACK]);
    expect(servers[0]!.backplane).toMatchObject({ connected: true, lostMessages: 1 });
  });

  it('refuses frames of other versions and kinds and whatever else it cannot read, and goes on', async () => {
    const { servers, network, running, join } = await runJoined(hubs, 2);
    const member = await join(0);
    const whole = encodeFrame({ kind: 'heartbeat', server: 'x', gaps: 0, asks: false });
    const unknown = encodeFrame({ kind: 'whatever', server: 'x' } as unknown as Parameters<typeof encodeFrame>[0]);
    const wrong = encodeFrame({ kind: 'cancel', server: 'x', id: 1 } as unknown as Parameters<typeof encodeFrame>[0]);
    const frames = [Buffer.alloc(0), Buffer.of(2, ...whole.subarray(1)), whole.subarray(0, 9), unknown, wrong];
    for (const frame of frames) network.links[0]!.listener.onFrame(frame);
    expect(running[0]!.log.takeErrors()).toEqual(frames.map(() => 'a frame of the backplane cannot be read'));
    expect(await heardBy([member], () => servers[1]!.clients.all.send('M', 1))).toEqual([[1]]);
    expect(() => decodeFrame(Buffer.of(9))).toThrow('frame of version 9, where 1 is spoken here');
  });

  it('leaves no subscription behind when its server closes', async () => {
    const { servers, network, join } = await runJoined(hubs, 2);
    const member = await join(0, 'ann');
    await member.client.invoke('Join', 'red');
    await servers[0]!.close();
    await arrive();
    expect([...network.links[0]!.channels]).toEqual([]);
  });

  it('carries messages that a lost socket does not lose', async () => {
    const { servers, running } = await runJoined(hubs, 2, { allowStatefulReconnects: true });
    const { url, open, log } = running[0]!;
    const query = 'negotiateVersion=1&useStatefulReconnect=true';
    const response = await fetch(`${url}/negotiate?${query}`, { method: 'POST' });
    const { connectionToken } = (await response.json()) as { connectionToken: string };
    const client = await open(`?id=${connectionToken}`);
    await handshake(client);
    await client.invoke('Id');
    client.socket.terminate();
    while (!log.debugged.some(({ message }) => message === 'socket lost')) await arrive();
    void servers[1]!.clients.all.send('M', 'meanwhile');
    await arrive();
    const again = await open(`?id=${connectionToken}`);
    expect(await again.next()).toBe('{"type":9,"sequenceId":1}');
    expect(await again.nextMessage()).toMatchObject({ type: 3 });
    expect(await again.nextMessage()).toMatchObject({ target: 'M', arguments: ['meanwhile'] });
    again.send('{"type":8,"sequenceId":2}');
    await again.settle();
    again.socket.close();
    await again.closed;
  });
});
