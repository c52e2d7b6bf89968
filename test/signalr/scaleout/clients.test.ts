import { RawJson } from '../../../src/signalr';
import { BinaryClient } from '../support/binary-client';
import { useHubs } from '../support/hub-servers';
import { heardBy, runJoined } from '../support/joined-servers';
import { MemoryBackplane } from '../support/memory-backplane';

const hubs = useHubs();

const circular: unknown[] = [];
circular.push(circular);

describe('clients of several servers', () => {
  it('are reached all, all but some, and one by one', async () => {
    const { join, servers } = await runJoined(hubs, 3);
    const members = [await join(0), await join(1), await join(2)];
    const [a = '', b = '', c = ''] = members.map(({ id }) => id);
    const { clients } = servers[0]!;
    expect(await heardBy(members, () => clients.all.send('M', 1))).toEqual([[1], [1], [1]]);
    expect(await heardBy(members, () => clients.allExcept([a, c]).send('M', 2))).toEqual([[], [2], []]);
    expect(await heardBy(members, () => clients.client(b).send('M', 3))).toEqual([[], [3], []]);
    expect(await heardBy(members, () => clients.clients([c, a, c]).send('M', 4))).toEqual([[4], [], [4]]);
    expect(await heardBy(members, () => clients.clients([]).send('M', 5))).toEqual([[], [], []]);
  });

  it('are reached by user, wherever the connections of the user are', async () => {
    const { join, servers } = await runJoined(hubs, 3);
    const members = [await join(0, 'ann'), await join(1, 'ann'), await join(2, 'bob'), await join(2)];
    const { clients } = servers[0]!;
    expect(await heardBy(members, () => clients.user('ann').send('M', 1))).toEqual([[1], [1], [], []]);
    expect(await heardBy(members, () => clients.user('bob').send('M', 2))).toEqual([[], [], [2], []]);
    expect(await heardBy(members, () => clients.users(['bob', 'ann', 'bob']).send('M', 3))).toEqual([
      [3],
      [3],
      [3],
      [],
    ]);
    expect(await heardBy(members, () => clients.users([]).send('M', 4))).toEqual([[], [], [], []]);
  });

  it('are reached in groups, once each, even if they are in several of those named', async () => {
    const { join, servers } = await runJoined(hubs, 2);
    const members = [await join(0), await join(1), await join(1)];
    const [a, b, c] = members;
    await a!.client.invoke('Join', 'red');
    for (const name of ['red', 'blue', 'green']) await b!.client.invoke('Join', name);
    await c!.client.invoke('Join', 'green');
    const { clients } = servers[0]!;
    expect(await heardBy(members, () => clients.group('red').send('M', 1))).toEqual([[1], [1], []]);
    expect(await heardBy(members, () => clients.group('RED').send('M', 2))).toEqual([[], [], []]);
    expect(await heardBy(members, () => clients.groups(['red', 'blue', 'green']).send('M', 3))).toEqual([
      [3],
      [3],
      [3],
    ]);
    expect(await heardBy(members, () => clients.groupExcept('red', [b!.id]).send('M', 4))).toEqual([[4], [], []]);
    expect(await heardBy(members, () => clients.groups([]).send('M', 5))).toEqual([[], [], []]);
  });

  it('get the calls of one server in their order, whatever they are sent to', async () => {
    const { join, servers } = await runJoined(hubs, 2);
    const member = await join(1, 'ann');
    await member.client.invoke('Join', 'red');
    const { clients } = servers[0]!;
    const proxies = [
      clients.group('red'),
      clients.client(member.id),
      clients.user('ann'),
      clients.all,
      clients.groups(['red', 'blue']),
      clients.users(['ann', 'bob']),
      clients.allExcept(['x']),
    ];
    const numbers = Array.from({ length: 70 }, (_, i) => i);
    const [heard] = await heardBy([member], () => {
      for (const i of numbers) void proxies[i % proxies.length]!.send('M', i);
    });
    expect(heard).toEqual(numbers);
  });

  it('of the server that sends hear of it at once, and once', async () => {
    const { join, servers, network } = await runJoined(hubs, 2);
    const near = await join(0);
    for (const link of network.links) link.deaf = true;
    void servers[0]!.clients.all.send('M', 'at once');
    expect(await near.client.nextMessage()).toMatchObject({ arguments: ['at once'] });
    for (const link of network.links) link.deaf = false;
    expect(await heardBy([near], () => servers[0]!.clients.all.send('M', 'once'))).toEqual([['once']]);
  });

  it('of the server that sends are not published to when they are named', async () => {
    const { join, servers, network } = await runJoined(hubs, 2);
    const near = await join(0);
    network.published.length = 0;
    expect(await servers[0]!.clients.client(near.id).send('M', 1)).toBe(true);
    expect(await servers[0]!.clients.clients([near.id]).send('M', 2)).toBe(true);
    expect(await heardBy([near], () => undefined)).toEqual([[1, 2]]);
    expect(network.published).toEqual([]);
  });

  it('that are named and are on no server are told of', async () => {
    const { join, servers, beat } = await runJoined(hubs, 2);
    const far = await join(1);
    const { clients } = servers[0]!;
    await beat(6);
    const gone = `${servers[0]!.connections}nobody.${'x'.repeat(22)}`;
    expect(await clients.client('nobody').send('M')).toBe(false);
    expect(await clients.client(gone).send('M')).toBe(false);
    expect(await clients.clients([far.id, gone]).send('M', 1)).toBe(false);
    expect(await clients.clients([far.id]).send('M', 2)).toBe(true);
    expect(await clients.client(far.id).send('M', 3)).toBe(true);
    expect(await heardBy([far], () => undefined)).toEqual([[1, 2, 3]]);
  });

  it('hear nothing of a call that has no encoding, which is an error of who calls', async () => {
    const { join, servers } = await runJoined(hubs, 2);
    const members = [await join(0), await join(1)];
    const heard = await heardBy(members, () => {
      for (const proxy of [servers[0]!.clients.all, servers[0]!.clients.client(members[1]!.id)]) {
        expect(() => proxy.send('M', circular)).toThrow(TypeError);
      }
    });
    expect(heard).toEqual([[], []]);
  });

  it.each([
    ['bytes', Uint8Array.of(0, 255, 30), Uint8Array.of(0, 255, 30)],
    ['a bigint', 9007199254740993n, 9007199254740993n],
    ['raw JSON', new RawJson('[9007199254740993]'), [9007199254740993n]],
    ['null', null, null],
    ['text', 'grüße \u{1f600}', 'grüße \u{1f600}'],
  ])('of MessagePack get %s as it is, from a server that speaks JSON alone', async (_, value, expected) => {
    const network = new MemoryBackplane();
    const { servers } = await runJoined(hubs, 1, { network, protocols: ['json'] });
    const { running } = await runJoined(hubs, 1, { network, protocols: ['messagepack'] });
    const binary = await BinaryClient.connect(running[0]!.url.replace('http', 'ws'));
    binary.send([1, {}, 'i', 'Id', [], []]);
    await binary.next();
    void servers[0]!.clients.all.send('M', value);
    expect(((await binary.next()) as unknown[])[4]).toEqual([expected]);
    binary.socket.terminate();
  });

  it('get a message whose bytes were encoded once for each encoding', async () => {
    const { join, servers, network } = await runJoined(hubs, 3);
    const members = [await join(0), await join(0), await join(1), await join(2)];
    let times = 0;
    const value = {
      toJSON: () => {
        times++;
        return 'x';
      },
    };
    network.published.length = 0;
    expect(await heardBy(members, () => servers[0]!.clients.all.send('M', value))).toEqual([
      ['x'],
      ['x'],
      ['x'],
      ['x'],
    ]);
    expect(times).toBe(2);
    expect(network.published).toHaveLength(1);
  });
});
