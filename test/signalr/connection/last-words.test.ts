import { defineHub, type HubContext, method, streamMethod } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** A hub that reports the end of its connections, and exposes the contexts of its invocations. */
function makeHub() {
  const gone = new Deferred<string>();
  const contexts: HubContext<unknown>[] = [];
  const hub = defineHub(
    {
      Take: method([], (context) => {
        contexts.push(context);
      }),
      // As a caller without types might.
      NoStream: streamMethod([], () => JSON.parse('null') as Iterable<unknown>),
    },
    {
      onDisconnected: (context, error) => {
        contexts.push(context);
        gone.resolve(error?.message ?? 'in good order');
      },
    },
  );
  return { hub, gone: gone.promise, contexts };
}

const TAKE = '{"type":1,"invocationId":"i","target":"Take","arguments":[]}';

describe('a client that closes in good order', () => {
  it.each([
    ['behind a whole message', `${TAKE}\x1e`, 'in good order'],
    ['within a message', `${TAKE}\x1e{"type":6`, 'Connection terminated while reading a message.'],
  ])('%s leaves as it should: %j', async (_, text, end) => {
    const { hub, gone, contexts } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    client.sendRaw(text);
    client.socket.close();
    expect(await gone).toBe(end);
    // What was sent before was dispatched.
    expect(contexts).toHaveLength(2);
  });

  it('within its handshake was never there', async () => {
    const { hub, contexts } = makeHub();
    const { open, server } = await hubs.run(hub, {});
    const client = await open();
    client.sendRaw('{"protocol":"json"');
    client.socket.close();
    await client.closed;
    await server.close();
    expect(contexts).toEqual([]);
  });
});

describe('the context of an invocation that has ended', () => {
  it('may still be used to call the client and others, and to end the connection', async () => {
    const { hub, contexts } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    expect(await client.invoke('Take')).toMatchObject({ result: null });
    void contexts[0]?.caller.send('Later', 1);
    void contexts[0]?.clients.all.send('Later', 2);
    expect(await client.nextMessage()).toMatchObject({ target: 'Later', arguments: [1] });
    expect(await client.nextMessage()).toMatchObject({ target: 'Later', arguments: [2] });
    contexts[0]?.abort();
    expect(await client.next()).toBe('{"type":7}');
  });
});

describe('a stream method that answers with no stream', () => {
  it('fails the invocation and leaves the connection in use', async () => {
    const running = await hubs.run(makeHub().hub, {});
    const client = await running.connect();
    client.send('{"type":4,"invocationId":"s","target":"NoStream","arguments":[]}');
    expect(await client.nextMessage()).toMatchObject({
      invocationId: 's',
      error: "The value returned by the streaming method 'NoStream' is not a ChannelReader<> or IAsyncEnumerable<>.",
    });
    expect(await client.invoke('Take')).toMatchObject({ result: null });
    expect(running.log.takeErrors()).toEqual(['stream method returned no stream']);
  });
});

describe('onDisconnected that throws', () => {
  it('leaves nothing of the connection behind', async () => {
    const gone = new Deferred();
    let failures = 1;
    const hub = defineHub(
      {
        Join: method([], ({ groups, connectionId }: HubContext) => groups.add(connectionId, 'red')),
      },
      {
        onDisconnected: () => {
          gone.resolve();
          if (failures-- > 0) throw new Error('secret');
        },
      },
    );
    const running = await hubs.run(hub, {});
    const client = await running.connect();
    await client.invoke('Join');
    client.socket.terminate();
    await gone.promise;
    await new Promise(setImmediate);
    expect(running.log.takeErrors()).toEqual(['onDisconnected failed']);
    expect(running.server.connections).toBe(0);
    const other = await running.connect();
    void running.server.clients.group('red').send('Heard', 'by nobody');
    expect(await other.invoke('Join')).toMatchObject({ result: null });
    expect(other.unread).toEqual([]);
  });
});

describe('the client of a connection that has ended', () => {
  it('cannot be asked, and is not called', async () => {
    const asked = new Deferred<string>();
    const hub = defineHub(
      {},
      {
        onDisconnected: async ({ caller }) => {
          void caller.send('Unheard');
          asked.resolve(await caller.invoke('Unheard').then(String, String));
        },
      },
    );
    const client = await (await hubs.run(hub, {})).connect();
    client.socket.close();
    expect(await asked.promise).toMatch(/^Error: Connection '[\w-]{22}' does not exist\.$/);
    expect(client.unread).toEqual([]);
  });
});
