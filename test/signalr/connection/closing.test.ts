import { defineHub, HubException, type HubContext, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();
const CLOSED_WITH_ERROR = 'Connection closed with an error.';

/** A hub that reports the end of its connections, with a method that never ends by itself. */
function makeHub() {
  const gone = new Deferred<Error | undefined>();
  const waiting: Deferred[] = [];
  const contexts: HubContext<unknown>[] = [];
  const hub = defineHub(
    {
      Echo: method(['json'], (_, value) => value),
      Abort: method([], (context) => {
        context.abort();
        return 'never seen';
      }),
      Wait: method([], () => {
        const deferred = new Deferred();
        waiting.push(deferred);
        return deferred.promise;
      }),
    },
    {
      onConnected: (context) => void contexts.push(context),
      onDisconnected: (_, error) => {
        gone.resolve(error);
      },
    },
  );
  return { hub, gone: gone.promise, waiting, contexts };
}

const WAIT = '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}';

describe('what a client does wrong', () => {
  it.each([
    ['no JSON', 'hello', 'Error reading JSON.'],
    ['no object', '[]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
    ['no type', '{}', "Missing required property 'type'."],
    [
      'an id that is no string',
      '{"type":1,"invocationId":1,"target":"Echo","arguments":[1]}',
      "Expected 'invocationId' to be of type String.",
    ],
  ])('is answered with a Close message: %s', async (_, record, detail) => {
    for (const detailedErrors of [false, true]) {
      const { hub, gone } = makeHub();
      const client = await (await hubs.run(hub, { detailedErrors })).connect();
      client.send('{"type":1,"invocationId":"1","target":"Echo","arguments":[1]}', record, '{"type":6}');
      expect(await client.nextMessage()).toMatchObject({ result: 1 });
      const error = detailedErrors ? `${CLOSED_WITH_ERROR} InvalidDataException: ${detail}` : CLOSED_WITH_ERROR;
      expect(await client.next()).toBe(JSON.stringify({ type: 7, error, allowReconnect: true }));
      expect([await client.closed, client.unread]).toEqual([1000, []]);
      expect((await gone)?.message).toBe(detail);
    }
  });

  it('closes only after the invocations before it have been answered', async () => {
    const { hub, waiting } = makeHub();
    const running = await hubs.run(hub, { maximumParallelInvocations: 5 });
    const client = await running.connect();
    client.send(WAIT, 'garbage', WAIT);
    await client.settle();
    expect([client.unread, waiting.length]).toEqual([[], 1]);
    waiting[0]?.resolve();
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'w', result: null });
    expect(await client.nextMessage()).toMatchObject({ type: 7, error: CLOSED_WITH_ERROR });
  });
});

describe('a message that is too large', () => {
  const error = `${CLOSED_WITH_ERROR} InvalidDataException: The maximum message size of 1000B was exceeded. The message size can be configured with the option maximumReceiveMessageSize.`;
  const close = { type: 7, error, allowReconnect: true };

  it.each([
    ['complete', `${'x'.repeat(1000)}\x1e`],
    ['without an end', 'x'.repeat(1000)],
    ['far over the limit, in one frame', 'x'.repeat(200_000)],
  ])('closes the connection with the reason: %s', async (_, text) => {
    const client = await (await hubs.run(makeHub().hub, { maximumReceiveMessageSize: 1000 })).connect();
    client.sendRaw(text);
    expect(await client.nextMessage()).toEqual(close);
    expect(await client.closed).toBe(1000);
  });

  it('is refused while it is still coming, frame by frame', async () => {
    const client = await (await hubs.run(makeHub().hub, { maximumReceiveMessageSize: 1000 })).connect();
    for (let i = 0; i < 10; i++) client.sendRaw('x'.repeat(100));
    expect(await client.nextMessage()).toEqual(close);
  });

  it('may have exactly the limit, and many together may have more', async () => {
    const client = await (await hubs.run(makeHub().hub, { maximumReceiveMessageSize: 1000 })).connect();
    const head = '{"type":1,"invocationId":"1","target":"Echo","arguments":["';
    const record = `${head}${'x'.repeat(1000 - head.length - 4)}"]}`;
    client.send(record, record, record);
    for (let i = 0; i < 3; i++) expect(await client.nextMessage()).toMatchObject({ type: 3 });
  });
});

describe('a client that leaves', () => {
  it('with a Close message gets one back', async () => {
    const { hub, gone } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":7}');
    expect(await client.next()).toBe('{"type":7}');
    expect([await client.closed, await gone]).toEqual([1000, undefined]);
  });

  it('with an error in its Close message hands it to onDisconnected', async () => {
    const { hub, gone } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":7,"error":"bye"}');
    expect(await client.next()).toBe('{"type":7}');
    expect(await gone).toEqual(new HubException('bye'));
  });

  it.each([undefined, 1000, 1001, 4000])('with a WebSocket close frame (%p) is answered 1000', async (code) => {
    const { hub, gone } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    client.socket.close(code);
    expect([await client.closed, await gone]).toEqual([1000, undefined]);
  });

  it('without a word is an error', async () => {
    const { hub, gone } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    client.socket.terminate();
    expect((await gone)?.message).toBe('the connection was lost');
  });

  it('in good order still gets done what it sent before', async () => {
    const { hub, waiting, gone, contexts } = makeHub();
    const running = await hubs.run(hub, {});
    const client = await running.connect();
    client.send(WAIT, WAIT, WAIT);
    await client.settle();
    client.socket.close();
    await client.closed;
    for (let i = 0; i < 3; i++) {
      // It is there until the last of what it sent has begun.
      const left = i === 2;
      expect([waiting.length, contexts[0]?.signal.aborted, running.server.connections]).toEqual([
        i + 1,
        left,
        left ? 0 : 1,
      ]);
      waiting[i]?.resolve();
      await new Promise(setImmediate);
    }
    expect(await gone).toBeUndefined();
  });

  it('in good order is waited for no longer than closeTimeout', async () => {
    const { hub, gone } = makeHub();
    const clock = new FakeClock();
    const running = await hubs.run(hub, { clock });
    const client = await running.connect();
    client.send(WAIT, WAIT);
    await client.settle();
    client.socket.close();
    await client.closed;
    clock.advance(6_000);
    // The second one has never begun.
    expect((await gone)?.message).toBe('invocations did not end after the client had left');
    expect(running.server.connections).toBe(0);
  });
});

describe('context', () => {
  it('aborts with a Close message and no answer to the invocation', async () => {
    const { hub, gone } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":1,"invocationId":"1","target":"Abort","arguments":[]}');
    expect(await client.next()).toBe('{"type":7}');
    expect([await client.closed, client.unread, await gone]).toEqual([1000, [], undefined]);
  });

  it('has a signal that is aborted when the connection ends, and send then does nothing', async () => {
    const { hub, gone, contexts } = makeHub();
    const client = await (await hubs.run(hub, {})).connect();
    const [context] = contexts;
    const aborted = new Promise((resolve) => context?.signal.addEventListener('abort', resolve));
    client.socket.terminate();
    await aborted;
    await gone;
    expect([context?.signal.aborted, await context?.caller.send('x')]).toEqual([true, false]);
    context?.abort();
  });
});

describe('onConnected', () => {
  it('is through before the first invocation starts', async () => {
    const ready = new Deferred();
    const hub = defineHub({ Echo: method(['json'], (_, value) => value) }, { onConnected: () => ready.promise });
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":1,"invocationId":"1","target":"Echo","arguments":[1]}');
    await client.settle();
    expect(client.unread).toEqual([]);
    ready.resolve();
    expect(await client.nextMessage()).toMatchObject({ result: 1 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ])('closes the connection with an error when it %s', async (_, onConnected) => {
    const gone = new Deferred<Error | undefined>();
    const hub = defineHub(
      {},
      {
        onConnected,
        onDisconnected: (__, error) => {
          gone.resolve(error);
        },
      },
    );
    const running = await hubs.run(hub, {});
    const client = await running.open();
    client.send('{"protocol":"json","version":1}', '{"type":6}');
    expect(await client.next()).toBe('{}');
    expect(await client.next()).toBe(JSON.stringify({ type: 7, error: CLOSED_WITH_ERROR }));
    expect((await gone.promise)?.message).toBe('secret');
    expect(running.log.takeErrors()).toEqual(['onConnected failed']);
  });
});

describe('onDisconnected', () => {
  it('comes after an onConnected that outlasts the client', async () => {
    const order: string[] = [];
    const ready = new Deferred();
    const gone = new Deferred();
    const hub = defineHub(
      {},
      {
        onConnected: async () => {
          await ready.promise;
          order.push('connected');
        },
        onDisconnected: () => {
          order.push('disconnected');
          gone.resolve();
        },
      },
    );
    const clock = new FakeClock();
    const running = await hubs.run(hub, { clock });
    const client = await running.connect();
    client.socket.close();
    await client.closed;
    clock.advance(6_000);
    expect([running.server.connections, order]).toEqual([0, []]);
    ready.resolve();
    await gone.promise;
    expect(order).toEqual(['connected', 'disconnected']);
  });

  it('is logged when it fails', async () => {
    const failed = new Deferred();
    const hub = defineHub(
      {},
      {
        onDisconnected: () => {
          failed.resolve();
          throw new Error('secret');
        },
      },
    );
    const running = await hubs.run(hub, {});
    (await running.connect()).socket.close();
    await failed.promise;
    await new Promise(setImmediate);
    expect(running.log.takeErrors()).toEqual(['onDisconnected failed']);
  });

  it('is not called for a client that never shook hands', async () => {
    const { hub, gone } = makeHub();
    const running = await hubs.run(hub, {});
    const client = await running.open();
    client.socket.close();
    await client.closed;
    await running.server.close();
    expect(await Promise.race([gone, Promise.resolve('not called')])).toBe('not called');
  });
});
