import { HubException } from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';
import { arrive, heardBy, runJoined } from '../support/joined-servers';
import { MemoryBackplane } from '../support/memory-backplane';

const hubs = useHubs();

/** Whether a promise is settled, once everything in memory has arrived. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await arrive();
  return settled;
}

describe('groups of several servers', () => {
  it('take in connections of other servers, and let them go', async () => {
    const { join, servers } = await runJoined(hubs, 3);
    const members = [await join(0), await join(1), await join(2)];
    const [, b, c] = members;
    await servers[0]!.groups.add(b!.id, 'red');
    await servers[0]!.groups.add(b!.id, 'red');
    await members[0]!.client.invoke('Put', c!.id, 'red');
    expect(await heardBy(members, () => servers[0]!.clients.group('red').send('M', 1))).toEqual([[], [1], [1]]);
    expect(await heardBy(members, () => servers[1]!.clients.group('red').send('M', 2))).toEqual([[], [2], [2]]);
    await servers[0]!.groups.remove(b!.id, 'red');
    await servers[0]!.groups.remove(b!.id, 'blue');
    await members[0]!.client.invoke('Take', c!.id, 'red');
    expect(await heardBy(members, () => servers[0]!.clients.group('red').send('M', 3))).toEqual([[], [], []]);
    expect(servers.map(({ backplane }) => backplane?.subscriptions)).toEqual([0, 0, 0]);
  });

  it('report the limit of the server of the connection', async () => {
    const { join, servers } = await runJoined(hubs, 2, { maximumGroupsPerConnection: 1 });
    const far = await join(1);
    await servers[0]!.groups.add(far.id, 'red');
    const error = new HubException('a connection may be in 1 groups at most');
    await expect(servers[0]!.groups.add(far.id, 'blue')).rejects.toEqual(error);
    await expect(servers[0]!.groups.add(far.id, 'blue')).rejects.toBeInstanceOf(HubException);
    const near = await join(0);
    await expect(servers[0]!.groups.add(near.id, 'red')).resolves.toBeUndefined();
    await expect(servers[0]!.groups.add(near.id, 'blue')).rejects.toEqual(error);
    expect(servers[0]!.backplane?.waiting).toBe(0);
  });

  it.each(['add', 'remove'] as const)('settle an %s for a connection that is gone, or never was', async (change) => {
    const { join, servers, beat, running } = await runJoined(hubs, 2);
    const far = await join(1);
    far.client.socket.terminate();
    await far.client.closed;
    await arrive();
    await servers[0]!.groups[change](far.id, 'red');
    await servers[0]!.groups[change]('nobody', 'red');
    await beat(6);
    // A server that nobody has heard of in this time is not there.
    await servers[0]!.groups[change]('unknown-srv.nobody', 'red');
    expect(servers[0]!.backplane?.waiting).toBe(0);
    expect(running[0]!.log.errors).toEqual([]);
  });

  it('settle an add whose server does not answer and is not heard', async () => {
    const { servers, beat } = await runJoined(hubs, 1);
    const added = servers[0]!.groups.add('unknown-srv.nobody', 'red');
    expect(await isSettled(added)).toBe(false);
    await beat(6);
    await added;
  });

  it('resolve an add once what others send is received', async () => {
    const { join, servers, network } = await runJoined(hubs, 2);
    const [near, far] = [await join(0), await join(1)];
    for (const link of network.links) link.holding = true;
    const added = [servers[0]!.groups.add(near.id, 'red'), servers[0]!.groups.add(far.id, 'red')];
    expect(await Promise.all(added.map((adding) => isSettled(adding)))).toEqual([false, false]);
    // The connection of this server hears of this server at once.
    expect(await heardBy([near], () => servers[0]!.clients.group('red').send('M', 1))).toEqual([[1]]);
    for (const link of network.links) link.release();
    await Promise.all(added);
    expect(await heardBy([near, far], () => servers[1]!.clients.group('red').send('M', 2))).toEqual([[2], [2]]);
  });

  it('are listened for as long as they have a member here, and users as long as they have a connection', async () => {
    const { join, servers, network } = await runJoined(hubs, 2);
    const status = (): unknown => servers[1]!.backplane?.subscriptions;
    const [a, b] = [await join(1, 'ann'), await join(1, 'ann')];
    expect(status()).toBe(1);
    for (const { client } of [a, b]) for (const name of ['red', 'blue']) await client.invoke('Join', name);
    expect(status()).toBe(3);
    a.client.socket.close();
    await a.client.closed;
    await arrive();
    expect(status()).toBe(3);
    expect(await heardBy([b], () => servers[0]!.clients.user('ann').send('M', 1))).toEqual([[1]]);
    expect(await heardBy([b], () => servers[0]!.clients.group('red').send('M', 2))).toEqual([[2]]);
    b.client.socket.terminate();
    await b.client.closed;
    await arrive();
    expect(status()).toBe(0);
    expect([...network.links[1]!.channels].filter((name) => /ann|red|blue/.test(name))).toEqual([]);
  });

  it('follow what is wanted, however quickly that changes', async () => {
    const { join, servers, network } = await runJoined(hubs, 2);
    const near = await join(0);
    const link = network.links[0]!;
    link.holding = true;
    const changes = [];
    for (let i = 0; i < 5; i++) {
      changes.push(servers[0]!.groups.add(near.id, 'red'));
      if (i < 4) changes.push(servers[0]!.groups.remove(near.id, 'red'));
    }
    // One command a channel is under way.
    expect(link.held).toHaveLength(1);
    link.release();
    await Promise.all(changes);
    expect(await heardBy([near], () => servers[1]!.clients.group('red').send('M', 1))).toEqual([[1]]);
    link.holding = true;
    const last = [servers[0]!.groups.remove(near.id, 'red'), servers[0]!.groups.add(near.id, 'red')];
    void servers[0]!.groups.remove(near.id, 'red');
    link.release();
    await Promise.all(last);
    await arrive();
    expect(servers[0]!.backplane?.subscriptions).toBe(0);
    expect([...link.channels].filter((name) => name.includes('red'))).toEqual([]);
  });

  it('are joined here at once while the backplane is gone, and listened for when it is back', async () => {
    const { join, servers, network, running, beat } = await runJoined(hubs, 2);
    const [near, far] = [await join(0), await join(1)];
    network.links[0]!.cut();
    await servers[0]!.groups.add(near.id, 'red');
    expect(await heardBy([near], () => servers[0]!.clients.group('red').send('M', 1))).toEqual([[1]]);
    await expect(servers[0]!.groups.add(far.id, 'red')).rejects.toEqual(
      new Error('the server of the connection cannot be reached'),
    );
    network.links[0]!.restore();
    await beat(1);
    expect(await heardBy([near], () => servers[1]!.clients.group('red').send('M', 2))).toEqual([[2]]);
    await servers[0]!.groups.add(far.id, 'red');
    running[0]!.log.takeErrors();
  });

  it('wait for a subscription no longer than the backplane is there', async () => {
    const { join, servers, network, running } = await runJoined(hubs, 1, { network: new MemoryBackplane() });
    const near = await join(0);
    network.links[0]!.holding = true;
    const added = servers[0]!.groups.add(near.id, 'red');
    expect(await isSettled(added)).toBe(false);
    network.links[0]!.cut();
    await added;
    running[0]!.log.takeErrors();
  });
});
