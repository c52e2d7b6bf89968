import { defineHub, type HubContext, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { HttpPeer } from '../support/http-peer';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** A hub with a method that ends when it is told to. */
async function run() {
  const clock = new FakeClock();
  const [started, end] = [new Deferred<AbortSignal>(), new Deferred()];
  const gone = new Deferred<string>();
  const hub = defineHub(
    {
      Hang: method([], ({ signal }: HubContext) => {
        started.resolve(signal);
        return end.promise;
      }),
    },
    {
      onDisconnected: (_, error) => {
        gone.resolve(error?.message ?? 'in good order');
      },
    },
  );
  const running = await hubs.run(hub, { clock });
  return { ...running, clock, started: started.promise, end, gone: gone.promise };
}

const HANG = '{"type":1,"invocationId":"h","target":"Hang","arguments":[]}';

describe('DELETE while an invocation runs', () => {
  it('is answered at once, and the hub hears of it before the invocation has ended', async () => {
    const { url, server, started, end, gone } = await run();
    const peer = await HttpPeer.longPolling(url);
    await peer.post(HANG);
    await started;
    expect((await peer.ask('DELETE')).status).toBe(202);
    expect(await gone).toBe('in good order');
    expect(server.connections).toBe(0);
    end.resolve();
    expect((await peer.poll()).status).toBe(404);
  });

  it('waits no longer than closeTimeout for an invocation that hangs, and aborts its signal', async () => {
    const { url, clock, started, gone } = await run();
    const peer = await HttpPeer.longPolling(url);
    await peer.post(HANG);
    const signal = await started;
    expect((await peer.ask('DELETE')).status).toBe(202);
    expect(await gone).toBe('in good order');
    expect(signal.aborted).toBe(false);
    clock.advance(6_000);
    expect(signal.aborted).toBe(true);
  });
});

describe('a poll while a POST waits for the server to read', () => {
  it('brings what the server has to say', async () => {
    const { url, server, started, end } = await run();
    const peer = await HttpPeer.longPolling(url);
    await peer.post(HANG);
    await started;
    // Far more than is read ahead while the invocation keeps others from starting.
    const filler = `{"type":6,"x":"${'x'.repeat(20_000)}"}`;
    const posted = peer.post(...Array.from({ length: 20 }, () => filler));
    void server.clients.all.send('Hello', 1);
    expect(await peer.nextRecord()).toBe('{"type":1,"target":"Hello","arguments":[1]}');
    end.resolve();
    expect((await posted).status).toBe(200);
    expect(await peer.nextRecord()).toBe('{"type":3,"invocationId":"h","result":null}');
  });
});
