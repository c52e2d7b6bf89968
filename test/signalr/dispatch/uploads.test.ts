import { defineHub, type HubContext, HubException, method, streamMethod } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { type HubOptions, type RunningHub, useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
let running: RunningHub<undefined>;
let client: WireClient;
/** What the methods of the hub received, and a promise they wait for. */
let seen: unknown[];
let gate: Deferred;
let done: Deferred<unknown>;

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) {
    all.push(item);
    seen.push(item);
  }
  return all;
}

const hub = defineHub({
  Collect: method(['string', 'stream'], async (_: HubContext, name, items) => {
    try {
      return [name, ...(await collect(items))];
    } catch (error) {
      done.resolve(error);
      throw error;
    }
  }),
  Raw: method(['rawStream'], async (_: HubContext, items) => {
    const all: string[] = [];
    for await (const item of items) all.push(Buffer.from(item).toString('latin1'));
    return all;
  }),
  Zip: method(['stream', 'number', 'stream'], async (_: HubContext, left, factor, right) => {
    const [a, b] = await Promise.all([collect(left), collect(right)]);
    return a.map((item, i) => [Number(item) * factor, b[i]]);
  }),
  First: method(['stream'], async (_: HubContext, items) => {
    for await (const item of items) return item;
    return 'nothing';
  }),
  Slow: method(['stream'], async (_: HubContext, items) => {
    await gate.promise;
    return (await collect(items)).length;
  }),
  AtOnce: method(['stream'], () => 'at once'),
  Refuse: method(['stream'], () => {
    throw new HubException('not now');
  }),
  Optional: method(['stream', 'json'], async (_: HubContext, items, value) => [value ?? 'none', await collect(items)], {
    optional: 1,
  }),
  Double: streamMethod(['stream'], async function* (_: HubContext, items) {
    for await (const item of items) yield Number(item) * 2;
  }),
  Both: method(['stream'], async (_: HubContext, items) => {
    const iterator = items[Symbol.asyncIterator]();
    const answers = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    return answers.map(({ done: ended, value }) => (ended === true ? 'end' : value));
  }),
  Plain: method(['json'], (_: HubContext, value) => {
    seen.push(value);
    return value;
  }),
});

async function connect(options: HubOptions = {}): Promise<void> {
  running = await hubs.run(hub, options);
  client = await running.connect();
}

beforeEach(() => {
  seen = [];
  gate = new Deferred();
  done = new Deferred();
});

const call = (target: string, streamIds: string[], ...args: unknown[]): string =>
  JSON.stringify({ type: 1, invocationId: 'i', target, arguments: args, streamIds });
const item = (id: string, value: unknown): string => JSON.stringify({ type: 2, invocationId: id, item: value });
const end = (id: string, error?: string): string => JSON.stringify({ type: 3, invocationId: id, error });
const result = (value: unknown): object => ({ type: 3, invocationId: 'i', result: value });
const error = (text: string): object => ({ type: 3, invocationId: 'i', error: text });
const plain = (value: unknown): string =>
  JSON.stringify({ type: 1, invocationId: 'p', target: 'Plain', arguments: [value] });

describe('stream from the client', () => {
  it.each([[[]], [[1]], [[null, 0, false, '', { a: [] }]], [Array.from({ length: 100 }, (_, i) => i)]])(
    'brings the method its items in order, whether they come together or byte by byte: %j',
    async (items) => {
      await connect();
      const messages = [call('Collect', ['1'], 'name'), ...items.map((value) => item('1', value)), end('1')];
      client.send(...messages);
      expect(await client.nextMessage()).toEqual(result(['name', ...items]));
      client.sendByteByByte(...messages);
      expect(await client.nextMessage()).toEqual(result(['name', ...items]));
    },
  );

  it('hands raw items over as they were sent', async () => {
    await connect();
    client.send(call('Raw', ['1']));
    client.send(
      '{"item": [1.50, 18446744073709551615] ,"type":2,"invocationId":"1"}',
      '{"type":2,"invocationId":"1","item":"ü"}',
    );
    client.send(end('1'));
    expect(await client.nextMessage()).toEqual(result(['[1.50, 18446744073709551615]', '"Ã¼"']));
  });

  it('comes with others, in the order of the ids, beside values', async () => {
    await connect();
    client.send(call('Zip', ['l', 'r'], 10), item('r', 'a'), item('l', 1), item('l', 2), end('l'), item('r', 'b'));
    client.send(end('r'));
    expect(await client.nextMessage()).toEqual(
      result([
        [10, 'a'],
        [20, 'b'],
      ]),
    );
  });

  it('may come before a value that is left out', async () => {
    await connect();
    client.send(call('Optional', ['1']), item('1', 1), end('1'));
    expect(await client.nextMessage()).toEqual(result(['none', [1]]));
    client.send(call('Optional', ['1'], 'one'), item('1', 1), end('1'));
    expect(await client.nextMessage()).toEqual(result(['one', [1]]));
  });

  it('may be answered by a stream that is made of it', async () => {
    await connect();
    client.send('{"type":4,"invocationId":"i","target":"Double","arguments":[],"streamIds":["1"]}', item('1', 1));
    expect(await client.nextMessage()).toEqual({ type: 2, invocationId: 'i', item: 2 });
    client.send(item('1', 2), end('1'));
    expect(await client.nextMessage()).toEqual({ type: 2, invocationId: 'i', item: 4 });
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'i' });
  });

  it('may be asked for several items at once', async () => {
    await connect();
    client.send(call('Both', ['1']), item('1', 'a'), item('1', 'b'), end('1'));
    expect(await client.nextMessage()).toEqual(result(['a', 'b', 'end', 'end']));
  });

  it('throws what the client ends it with, behind the items before', async () => {
    await connect();
    client.send(call('Collect', ['1'], 'name'), item('1', 1), end('1', 'no more'));
    const text = "An unexpected error occurred invoking 'Collect' on the server. HubException: no more";
    expect(await client.nextMessage()).toEqual(error(text));
    expect(seen).toEqual([1]);
  });

  it.each(['in good order', 'at once'])('throws when the client goes %s, behind the items before', async (how) => {
    await connect();
    client.send(call('Collect', ['1'], 'name'), item('1', 1));
    await client.settle();
    if (how === 'at once') client.socket.terminate();
    else client.socket.close();
    expect(await done.promise).toEqual(new HubException('The underlying connection was closed.'));
    expect(seen).toEqual([1]);
    await client.closed;
  });

  it('throws when the server closes, and the answer still reaches the client', async () => {
    await connect();
    client.send(call('Collect', ['1'], 'name'), item('1', 1));
    await client.settle();
    const closed = running.server.close();
    const text =
      "An unexpected error occurred invoking 'Collect' on the server. HubException: The underlying connection was closed.";
    expect(await client.nextMessage()).toEqual(error(text));
    expect(await client.nextMessage()).toEqual({ type: 7, allowReconnect: true });
    await closed;
  });

  it.each(['First', 'AtOnce', 'Refuse'])(
    'is of no use once %s has ended, and its id may be used again',
    async (target) => {
      await connect();
      client.send(call(target, ['1']), item('1', 1));
      expect(await client.nextMessage()).toMatchObject({ type: 3, invocationId: 'i' });
      client.send(...Array.from({ length: 50 }, (_, i) => item('1', i)), end('1'), end('1', 'late'), item('1', 1));
      client.send(call('Collect', ['1'], 'again'), item('1', 2), end('1'), item('1', 3));
      expect(await client.nextMessage()).toEqual(result(['again', 2]));
    },
  );

  it.each([
    ['Collect', [], ['name'], 'Client sent 0 stream(s), Hub method expects 1.'],
    ['Collect', ['1', '2'], ['name'], 'Client sent 2 stream(s), Hub method expects 1.'],
    ['Zip', ['1', '1'], [2], "Stream ID '1' is already in use."],
    ['Double', ['1'], [], undefined],
  ])('is refused where it does not fit: %s with %j', async (target, ids, args, reason) => {
    await connect();
    client.send(call(target, ids, ...args));
    const unexpected = `An unexpected error occurred invoking '${target}' on the server. HubException: ${reason ?? ''}`;
    const mode = `The client attempted to invoke the streaming '${target}' method with a non-streaming invocation.`;
    expect(await client.nextMessage()).toEqual(error(reason === undefined ? mode : unexpected));
  });
});

describe('stream from the client › bounds', () => {
  it('lets as many items wait as the buffer holds, then stops reading until the method takes some', async () => {
    await connect({ streamBufferCapacity: 3 });
    client.send(call('Slow', ['1']), item('1', 1), item('1', 2), item('1', 3), plain('read'));
    expect(await client.nextMessage()).toMatchObject({ result: 'read' });
    client.send(item('1', 4), plain('waits'), item('1', 5), end('1'));
    await client.settle();
    expect(seen).toEqual(['read']);
    gate.resolve();
    expect([await client.nextMessage(), await client.nextMessage()]).toEqual(
      expect.arrayContaining([expect.objectContaining({ result: 'waits' }), result(5)]),
    );
  });

  it('stops reading when too many bytes wait', async () => {
    await connect({ maximumParallelInvocationBytes: 1000 });
    client.send(call('Slow', ['1']), item('1', 'x'.repeat(1000)), plain('waits'), end('1'));
    await client.settle();
    expect(seen).toEqual([]);
    gate.resolve();
    expect(await client.nextMessage()).toMatchObject({ result: 'waits' });
    expect(await client.nextMessage()).toEqual(result(1));
  });

  it('does not count as an invocation that runs', async () => {
    await connect({ maximumParallelInvocations: 1 });
    client.send(call('Slow', ['1']), plain('meanwhile'));
    expect(await client.nextMessage()).toMatchObject({ result: 'meanwhile' });
    gate.resolve();
    client.send(end('1'));
    expect(await client.nextMessage()).toEqual(result(0));
  });

  it('refuses more than may run', async () => {
    await connect({ maximumStreamsPerConnection: 2 });
    client.send(call('Slow', ['1']));
    client.send('{"type":1,"invocationId":"z","target":"Zip","arguments":[1],"streamIds":["2","3"]}');
    const text =
      "An unexpected error occurred invoking 'Zip' on the server. HubException: too many streams are running";
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'z', error: text });
    gate.resolve();
    client.send(end('1'));
    expect(await client.nextMessage()).toEqual(result(0));
  });

  it('refuses one whose invocation comes while others came in too many bytes', async () => {
    await connect({ maximumParallelInvocationBytes: 1000 });
    client.send(call('Collect', ['1'], 'x'.repeat(1000)));
    client.send('{"type":1,"invocationId":"n","target":"First","arguments":[],"streamIds":["2"]}');
    const text =
      "An unexpected error occurred invoking 'First' on the server. HubException: too many streams are running";
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'n', error: text });
    client.send(end('1'));
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'i' });
    client.send('{"type":1,"invocationId":"n","target":"First","arguments":[],"streamIds":["2"]}', end('2'));
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'n', result: 'nothing' });
  });

  it('refuses an id that is in use', async () => {
    await connect();
    client.send(call('Slow', ['1']));
    client.send('{"type":1,"invocationId":"n","target":"First","arguments":[],"streamIds":["1"]}');
    client.send('{"type":1,"invocationId":"i","target":"First","arguments":[],"streamIds":["2"]}');
    const unexpected = "An unexpected error occurred invoking 'First' on the server. HubException: ";
    expect(await client.nextMessage()).toEqual({
      type: 3,
      invocationId: 'n',
      error: `${unexpected}Stream ID '1' is already in use.`,
    });
    expect(await client.nextMessage()).toEqual(error("Invocation ID 'i' is already in use."));
    gate.resolve();
    client.send(item('1', 1), end('1'));
    expect(await client.nextMessage()).toEqual(result(1));
  });

  it('reads on when a method ends that has taken nothing of a full stream', async () => {
    const hubWithLeaver = defineHub({
      Leave: method(['stream'], async () => {
        await gate.promise;
        return 'left';
      }),
      Plain: method(['json'], (_, value) => value),
    });
    const leaver = await (await hubs.run(hubWithLeaver, { streamBufferCapacity: 1 })).connect();
    leaver.send(call('Leave', ['1']), item('1', 1), item('1', 2), item('1', 3), plain('then'));
    await leaver.settle();
    expect(leaver.unread).toEqual([]);
    gate.resolve();
    expect(await leaver.nextMessage()).toEqual(result('left'));
    expect(await leaver.nextMessage()).toMatchObject({ result: 'then' });
  });
});
