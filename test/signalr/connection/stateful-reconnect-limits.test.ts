import { WebSocket } from 'ws';
import { useHubs } from '../support/hub-servers';
import {
  completion,
  connect,
  lose,
  note,
  rejectionOf,
  runStatefulHub,
  handshake,
  type StatefulHub,
} from '../support/stateful-hub';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
const run = (options?: Parameters<typeof runStatefulHub>[1]): Promise<StatefulHub> => runStatefulHub(hubs, options);

describe('stateful reconnect › is over', () => {
  it.each([
    [
      'the client closes the WebSocket',
      (client: WireClient) => {
        client.socket.close();
      },
    ],
    [
      'the client sends Close',
      (client: WireClient) => {
        client.send('{"type":7}');
      },
    ],
    [
      'the server aborts',
      (client: WireClient) => {
        client.send('{"type":1,"target":"Leave","arguments":[]}');
      },
    ],
    [
      'the client breaks the protocol',
      (client: WireClient) => {
        client.send('{"type":');
      },
    ],
    [
      'the client acknowledges what was not sent',
      (client: WireClient) => {
        client.send('{"type":8,"sequenceId":9}');
      },
    ],
    [
      'the client leaves a gap',
      (client: WireClient) => {
        client.send('{"type":9,"sequenceId":9}');
      },
    ],
  ])('when %s', async (_, act) => {
    const hub = await run();
    const [client, open] = await connect(hub);
    act(client);
    await client.closed;
    await hub.disconnected;
    expect(await rejectionOf(open)).toMatch('404');
    expect(hub.server.connections).toBe(0);
  });

  it('when the server closes, also for those without a socket', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    await lose(hub, client);
    await hub.server.close();
    expect(hub.server.connections).toBe(0);
    expect(await rejectionOf(open)).toMatch(/40\d|socket hang up|503/);
  });

  it('when the application ends a connection that has no socket', async () => {
    const hub = await run();
    const [client, open] = await connect(hub);
    await lose(hub, client);
    hub.contexts[0]?.abort();
    expect(await hub.disconnected).toBeUndefined();
    expect(await rejectionOf(open)).toMatch('404');
  });
});

describe('stateful reconnect › is not there', () => {
  it('before the handshake', async () => {
    const hub = await run();
    const open = await hub.negotiate();
    const client = await open();
    expect(await rejectionOf(open)).toMatch('409');
    client.socket.terminate();
  });

  it('for a client of protocol version 1', async () => {
    const hub = await run();
    const open = await hub.negotiate();
    const client = await open();
    await handshake(client, 1);
    expect(await rejectionOf(open)).toMatch('409');
    client.socket.terminate();
    await hub.disconnected;
    expect(await rejectionOf(open)).toMatch('404');
  });

  it('for a client that has not asked for it; Ack and Sequence do nothing', async () => {
    const hub = await run();
    const client = await hub.connect();
    client.send('{"type":8,"sequenceId":77}', '{"type":9,"sequenceId":77}', note(1));
    expect(await client.next()).toBe(completion(1));
    hub.clock.advance(2_000);
    client.send(note(2));
    expect(await client.next()).toBe(completion(2));
    client.socket.terminate();
    expect((await hub.disconnected)?.message).toBe('the connection was lost');
  });
});

describe('stateful reconnect › bounds', () => {
  const big = 'x'.repeat(10_000);

  it('says that the client is congested when the buffer is full, until it has acknowledged', async () => {
    const hub = await run({ statefulReconnectBufferSize: 25_000 });
    const [client] = await connect(hub);
    const caller = hub.contexts[0]!.caller;
    const sent = [1, 2, 3].map((i) => caller.send('Big', i, big));
    expect(await Promise.all(sent.slice(0, 2))).toEqual([true, true]);
    let room = false;
    void sent[2]!.then((took) => (room = took));
    for (let i = 0; i < 3; i++) await client.next();
    // Calls wait, though they are received.
    client.send(note(1), note(2));
    await client.settle();
    expect([hub.noted, room]).toEqual([[], false]);
    client.send('{"type":8,"sequenceId":2}');
    expect([await client.next(), await client.next()]).toEqual([completion(1), completion(2)]);
    expect([await sent[2], await caller.send('Big', 4, '')]).toEqual([true, true]);
  });

  it('finds the Ack behind many calls that wait', async () => {
    const hub = await run({ statefulReconnectBufferSize: 1_000, maximumSendBufferSize: 10_000_000 });
    const [client] = await connect(hub);
    const count = 3_000;
    let received = 0;
    let acknowledged = 0;
    client.send(...Array.from({ length: count }, (_, i) => note(i)));
    while (received < count) {
      const message = JSON.parse(await client.next()) as { type: number; result?: unknown };
      if (message.type === 3) expect(message.result).toBe(received++);
      if (client.unread.length > 0) continue;
      client.send(`{"type":8,"sequenceId":${received}}`);
      acknowledged++;
    }
    expect(acknowledged).toBeGreaterThan(10);
  });

  it('drops a client that acknowledges nothing for sendTimeout while the buffer is full', async () => {
    const hub = await run({ statefulReconnectBufferSize: 5_000 });
    const [client] = await connect(hub);
    void hub.contexts[0]!.caller.send('Big', big);
    await client.next();
    for (let second = 0; second < 12; second++) {
      hub.clock.advance(1_000);
      client.send('{"type":6}');
      await Promise.race([client.settle(), client.closed]);
    }
    expect((await hub.disconnected)?.message).toMatch('sendTimeout has passed');
    expect(hub.log.takeErrors()).toEqual(['limit reached']);
  });

  it('drops a connection without a socket for which more than maximumSendBufferSize waits', async () => {
    const hub = await run({ statefulReconnectBufferSize: 5_000, maximumSendBufferSize: 30_000 });
    const [client, open] = await connect(hub);
    await lose(hub, client);
    const caller = hub.contexts[0]!.caller;
    for (let i = 0; i < 10; i++) void caller.send('Big', big);
    expect((await hub.disconnected)?.message).toMatch('maximumSendBufferSize');
    expect(hub.log.takeErrors()).toEqual(['limit reached']);
    expect(await rejectionOf(open)).toMatch('404');
  });

  it('stops reading when too many calls wait', async () => {
    const hub = await run({ statefulReconnectBufferSize: 5_000, maximumReceiveMessageSize: 200_000 });
    const [client] = await connect(hub);
    void hub.contexts[0]!.caller.send('Big', big);
    await client.next();
    const flood = note('f'.repeat(100_000), 'f');
    for (let i = 0; i < 400; i++) client.send(flood);
    for (let second = 0; second < 8; second++) {
      hub.clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // 40 MB were sent; the client still has what was not read.
    expect(client.socket.bufferedAmount).toBeGreaterThan(20_000_000);
    expect(hub.noted).toEqual([]);
  });

  it('survives a new socket every moment', async () => {
    const hub = await run();
    const [, open] = await connect(hub);
    for (let i = 0; i < 50; i++) {
      const socket = await open();
      if (i % 3 === 0) socket.socket.terminate();
    }
    const last = await open();
    expect(await last.next()).toBe('{"type":9,"sequenceId":1}');
    last.send('{"type":9,"sequenceId":1}', note(1));
    expect(await last.next()).toBe(completion(1));
    expect(hub.server.connections).toBe(1);
    expect(last.socket.readyState).toBe(WebSocket.OPEN);
  });
});
