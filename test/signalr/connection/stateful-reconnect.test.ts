import { useHubs } from '../support/hub-servers';
import {
  completion,
  connect,
  lose,
  note,
  rejectionOf,
  runStatefulHub,
  type StatefulHub,
} from '../support/stateful-hub';

const hubs = useHubs();
const run = (options?: Parameters<typeof runStatefulHub>[1]): Promise<StatefulHub> => runStatefulHub(hubs, options);

describe('stateful reconnect', () => {
  it('sends again what was not acknowledged, and takes nothing twice', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    client.send(note(1), note(2));
    expect([await client.next(), await client.next()]).toEqual([completion(1), completion(2)]);
    client.send('{"type":8,"sequenceId":1}', note(3));
    await client.next();
    await lose(hub, client);
    void hub.contexts[0]?.caller.send('Meanwhile');

    const again = await open();
    expect(await again.next()).toBe('{"type":9,"sequenceId":2}');
    expect([await again.next(), await again.next()]).toEqual([completion(2), completion(3)]);
    expect(await again.next()).toBe('{"type":1,"target":"Meanwhile","arguments":[]}');
    again.send('{"type":9,"sequenceId":2}', note(2), note(3), note(4));
    expect(await again.next()).toBe(completion(4));
    expect(hub.noted).toEqual([1, 2, 3, 4]);
    expect(hub.contexts).toHaveLength(1);
    expect(hub.server.connections).toBe(1);
  });

  it('begins a new socket with the number of the next message when all were acknowledged', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    client.send(note(1));
    await client.next();
    client.send('{"type":8,"sequenceId":1}');
    await client.settle();
    await lose(hub, client);
    expect(await (await open()).next()).toBe('{"type":9,"sequenceId":2}');
  });

  it('acknowledges every second what is new', async () => {
    const hub = await run();
    const [client] = await connect(hub);
    client.send(note(1), '{"type":6}', note(2));
    await client.next();
    await client.next();
    hub.clock.advance(3_000);
    expect(await client.next()).toBe('{"type":8,"sequenceId":2}');
    client.send(note(3));
    expect(await client.next()).toBe(completion(3));
    hub.clock.advance(1_000);
    expect(await client.next()).toBe('{"type":8,"sequenceId":3}');
  });

  it('acknowledges at once when much was received', async () => {
    const hub = await run();
    const [client] = await connect(hub);
    client.send(note('x'.repeat(20_000), 'a'), note('y'.repeat(20_000), 'b'));
    const messages = [await client.next(), await client.next(), await client.next()];
    expect(messages).toContain('{"type":8,"sequenceId":2}');
  });

  it('acknowledges again after a reconnect what the client sends again', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    client.send(note(1));
    await client.next();
    await lose(hub, client);
    hub.clock.advance(1_000);
    const again = await open();
    await again.next();
    await again.next();
    again.send('{"type":9,"sequenceId":1}', note(1));
    await again.settle();
    hub.clock.advance(1_000);
    expect(await again.next()).toBe('{"type":8,"sequenceId":1}');
    expect(hub.noted).toEqual([1]);
  });

  it('lets a new socket replace one whose loss was not noticed', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    client.send(note(1));
    await client.next();
    const again = await open();
    expect(await client.closed).toBe(1006);
    expect(await again.next()).toBe('{"type":9,"sequenceId":1}');
    again.send('{"type":9,"sequenceId":2}', note(2));
    expect([await again.next(), await again.next()]).toEqual([completion(1), completion(2)]);
    expect(hub.noted).toEqual([1, 2]);
  });

  it('forgets half a message of the lost socket', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    client.sendRaw(`${note(1)}\x1e${note(2).slice(0, 20)}`);
    await client.next();
    await lose(hub, client);
    const again = await open();
    await again.next();
    await again.next();
    again.send('{"type":9,"sequenceId":2}', note(2));
    expect(await again.next()).toBe(completion(2));
  });

  it('finishes what ran when the socket was lost, and answers on the next', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    client.send('{"type":1,"invocationId":"w","target":"Wait","arguments":[]}', note(1), note(2));
    await client.settle();
    await lose(hub, client);
    hub.end.resolve();
    await hub.end.promise;
    const again = await open();
    expect(await again.next()).toBe('{"type":9,"sequenceId":1}');
    again.send('{"type":9,"sequenceId":1}', '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}');
    again.send(note(1), note(2), note(3));
    const messages: unknown[] = [];
    for (let i = 0; i < 4; i++) messages.push(await again.next());
    expect(messages).toEqual(['{"type":3,"invocationId":"w","result":null}', ...[1, 2, 3].map(completion)]);
    expect(hub.noted).toEqual([1, 2, 3]);
  });

  it('closes when no socket comes within disconnectTimeout', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    await lose(hub, client);
    hub.clock.advance(14_000);
    expect(hub.server.connections).toBe(1);
    hub.clock.advance(2_000);
    expect((await hub.disconnected)?.message).toBe('the connection was lost');
    expect(await rejectionOf(open)).toMatch('404');
  });

  it('sends no pings and has no time-outs while there is no socket', async () => {
    const hub = await run({ disconnectTimeout: 100_000, clientTimeout: 20_000 });
    const [client, open] = await connect(hub);
    client.send('{"type":6}');
    await client.settle();
    await lose(hub, client);
    for (let i = 0; i < 60; i++) hub.clock.advance(1_000);
    const again = await open();
    again.send('{"type":9,"sequenceId":1}', note(1));
    expect([await again.next(), await again.next()]).toEqual(['{"type":9,"sequenceId":1}', completion(1)]);
    hub.clock.advance(19_000);
    expect(await again.next()).toMatch(/"type":[68]/);
    expect(hub.server.connections).toBe(1);
  });
});
