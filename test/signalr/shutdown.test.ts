import { defineHub, method } from '../../src/signalr';
import { Deferred } from './support/deferred';
import { FakeClock } from './support/fake-clock';
import { useHubs } from './support/hub-servers';

const hubs = useHubs();
const WAIT = '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}';

function makeHub() {
  const end = new Deferred();
  const started = new Deferred();
  const hub = defineHub({
    Wait: method([], () => {
      started.resolve();
      return end.promise;
    }),
  });
  return { hub, end, started: started.promise };
}

describe('closeConnections', () => {
  it('closes those that are picked, with what it is told', async () => {
    const hub = defineHub<string>({ Name: method([], ({ principal }) => principal) });
    const running = await hubs.run(hub, {
      authenticate: ({ headers }) => ({ principal: String(headers['x-user']) }),
    });
    const [ann, bob] = [
      await running.connect({ headers: { 'x-user': 'ann' } }),
      await running.connect({ headers: { 'x-user': 'bob' } }),
    ];
    const options = { error: 'Your token was revoked.', allowReconnect: true };
    expect(running.server.closeConnections(({ principal }) => principal === 'ann', options)).toBe(1);
    expect(await ann.next()).toBe('{"type":7,"error":"Your token was revoked.","allowReconnect":true}');
    expect(await ann.closed).toBe(1000);
    expect(await bob.invoke('Name')).toMatchObject({ result: 'bob' });
    expect(running.server.closeConnections(() => true)).toBe(1);
    expect(await bob.next()).toBe('{"type":7}');
  });
});

describe('server.close', () => {
  it('sends a Close message that lets clients come back, and resolves when all are gone', async () => {
    const running = await hubs.run(makeHub().hub, {});
    const clients = [await running.connect(), await running.connect()];
    await Promise.all([running.server.close(), running.server.close()]);
    expect(running.server.connections).toBe(0);
    for (const client of clients) {
      expect(await client.next()).toBe('{"type":7,"allowReconnect":true}');
      expect(await client.closed).toBe(1000);
    }
  });

  it('says what it is told to say', async () => {
    const running = await hubs.run(makeHub().hub, {});
    const client = await running.connect();
    await running.server.close({ error: 'shutting down', allowReconnect: false });
    expect(await client.next()).toBe('{"type":7,"error":"shutting down"}');
  });

  it('cancels handshakes', async () => {
    const running = await hubs.run(makeHub().hub, {});
    const client = await running.open();
    await running.server.close();
    expect(await client.nextMessage()).toEqual({ error: 'Handshake was canceled.' });
  });

  it('lets running invocations complete and be answered before, and starts no other', async () => {
    const { hub, end, started } = makeHub();
    const running = await hubs.run(hub, {});
    const client = await running.connect();
    client.send(WAIT, WAIT);
    await started;
    const closed = running.server.close();
    await client.settle();
    expect(client.unread).toEqual([]);
    end.resolve();
    await closed;
    expect(await client.next()).toBe('{"type":3,"invocationId":"w","result":null}');
    expect(await client.next()).toBe('{"type":7,"allowReconnect":true}');
    expect(client.unread).toEqual([]);
  });

  it('waits no longer than its timeout for an invocation, and then says goodbye all the same', async () => {
    const { hub, started } = makeHub();
    const clock = new FakeClock();
    const running = await hubs.run(hub, { clock });
    const client = await running.connect();
    client.send(WAIT);
    await started;
    const closed = running.server.close({ timeout: 3_000 });
    clock.advance(4_000);
    await closed;
    expect(await client.next()).toBe('{"type":7,"allowReconnect":true}');
    expect(running.server.connections).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('lets a peer go that does not answer its close frame', async () => {
    const clock = new FakeClock();
    const running = await hubs.run(makeHub().hub, { clock });
    const client = await running.connect();
    client.socket.pause();
    const closed = running.server.close();
    clock.advance(6_000);
    await closed;
    expect(running.server.connections).toBe(0);
  });

  it('answers 503 from then on, until the sockets are gone', async () => {
    const { hub, end, started } = makeHub();
    const running = await hubs.run(hub, {});
    const client = await running.connect();
    client.send(WAIT);
    await started;
    const closed = running.server.close();
    expect((await fetch(`${running.url}/negotiate`, { method: 'POST' })).status).toBe(503);
    await expect(running.connect()).rejects.toThrow('503');
    end.resolve();
    await closed;
  });
});
