import {
  defineHub,
  type HubContext,
  HubException,
  method,
  type StreamObserver,
  streamMethod,
} from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { type HubOptions, type RunningHub, useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

/** A source that records what is done to it. */
class Source {
  readonly events: string[] = [];
  readonly ended = new Deferred();
  pulled = 0;

  async *items(count: number, context?: HubContext): AsyncGenerator<number> {
    try {
      while (this.pulled < count) {
        await Promise.resolve();
        if (context?.signal.aborted === true) this.events.push('aborted');
        yield this.pulled++;
      }
      this.events.push('drained');
    } finally {
      this.events.push('finally');
      this.ended.resolve();
    }
  }
}

let source: Source;
const NOT_A_STREAM =
  "The value returned by the streaming method 'Wrong' is not a ChannelReader<> or IAsyncEnumerable<>.";

const hubs = useHubs();
const PADDING = 'x'.repeat(1000);

/** A promise that a signal rejects. */
function aborted({ signal }: HubContext): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('the source was told'));
    });
  });
}

const hub = defineHub({
  Count: streamMethod(['number'], (context: HubContext, count) => source.items(count, context)),
  Later: streamMethod(['number'], async (context: HubContext, count) => {
    await new Promise(setImmediate);
    return source.items(count, context);
  }),
  List: streamMethod(['json'], (_: HubContext, list) => list as unknown[]),
  Promises: streamMethod([], () => [Promise.resolve(1), 2]),
  Wrong: streamMethod(['json'], (_: HubContext, value) => value as unknown[]),
  Throw: streamMethod(['boolean'], (_: HubContext, refuse): unknown[] => {
    throw refuse ? new HubException('not now') : new Error('secret');
  }),
  Break: streamMethod(['boolean'], async function* (_: HubContext, refuse) {
    yield 1;
    await Promise.resolve();
    throw refuse ? new HubException('dried up') : new Error('secret');
  }),
  Unwritable: streamMethod([], function* () {
    try {
      yield 1;
      yield () => 1;
      yield 2;
    } finally {
      source.events.push('finally');
    }
  }),
  Waiting: streamMethod([], async function* (context: HubContext) {
    try {
      yield 0;
      await aborted(context);
    } finally {
      source.events.push('finally');
      source.ended.resolve();
    }
  }),
  Deaf: streamMethod([], async function* () {
    yield 0;
    await source.ended.promise;
    yield 1;
  }),
  Endless: streamMethod([], function* () {
    for (;;) {
      source.pulled++;
      yield PADDING;
    }
  }),
  Observe: streamMethod(['string'], (_: HubContext, how) => ({
    subscribe(observer: StreamObserver) {
      for (const item of ['a', 'b']) observer.next(item);
      if (how === 'complete') observer.complete();
      if (how === 'error') observer.error(new HubException('no more'));
      observer.next(how === 'wait' ? 'c' : 'after the end');
      const stop = (): void => {
        source.events.push(`stopped ${how}`);
        source.ended.resolve();
      };
      return how === 'wait' ? { unsubscribe: stop } : { dispose: stop };
    },
  })),
  Flood: streamMethod([], () => ({
    subscribe(observer: StreamObserver) {
      for (let i = 0; i < 100_000; i++) observer.next(PADDING);
      return () => source.events.push('stopped');
    },
  })),
  Plain: method(['json'], (_: HubContext, value) => value),
});

let running: RunningHub<undefined>;
let client: WireClient;

async function connect(options: HubOptions = {}): Promise<void> {
  running = await hubs.run(hub, options);
  client = await running.connect();
}

beforeEach(() => {
  source = new Source();
});

const stream = (target: string, ...args: unknown[]): string =>
  JSON.stringify({ type: 4, invocationId: 's', target, arguments: args });
const item = (value: unknown): object => ({ type: 2, invocationId: 's', item: value });
const END = { type: 3, invocationId: 's' };
const error = (text: string): object => ({ type: 3, invocationId: 's', error: text });
const CANCEL = '{"type":5,"invocationId":"s"}';

/** All messages up to the completion. */
async function drain(): Promise<unknown[]> {
  const messages: unknown[] = [];
  for (;;) {
    const message = (await client.nextMessage()) as { type: number };
    messages.push(message);
    if (message.type === 3) return messages;
  }
}

describe('stream to the client', () => {
  it.each(['Count', 'count', 'Later'])('sends each item of %s, then a completion without a result', async (target) => {
    await connect();
    client.send(stream(target, 2));
    expect(await client.next()).toBe('{"type":2,"invocationId":"s","item":0}');
    expect(await client.next()).toBe('{"type":2,"invocationId":"s","item":1}');
    expect(await client.next()).toBe('{"type":3,"invocationId":"s"}');
    expect(source.events).toEqual(['drained', 'finally']);
  });

  it('sends items of a list, of every kind, and what promises in it resolve to', async () => {
    await connect();
    client.send(stream('List', [null, 0, false, '', { a: [] }]));
    expect(await drain()).toEqual([item(null), item(0), item(false), item(''), item({ a: [] }), END]);
    client.send(stream('Promises'));
    expect(await drain()).toEqual([item(1), item(2), END]);
  });

  it('sends what an observable brings until it ends, and nothing behind that', async () => {
    await connect();
    client.send(stream('Observe', 'complete'));
    expect(await drain()).toEqual([item('a'), item('b'), END]);
    client.send(stream('Observe', 'error'));
    const text = 'An error occurred on the server while streaming results. HubException: no more';
    expect(await drain()).toEqual([item('a'), item('b'), error(text)]);
    client.send(stream('Observe', 'wait'));
    for (const value of ['a', 'b', 'c']) expect(await client.nextMessage()).toEqual(item(value));
    client.send(CANCEL);
    expect(await drain()).toEqual([END]);
    await client.settle();
    expect(source.events).toEqual(['stopped complete', 'stopped error', 'stopped wait']);
  });

  const broken = 'An error occurred on the server while streaming results.';
  const unexpected = (target: string): string => `An unexpected error occurred invoking '${target}' on the server.`;

  it.each([
    ['Throw', true, [error(`${unexpected('Throw')} HubException: not now`)], []],
    ['Throw', false, [error(unexpected('Throw'))], ['hub method failed']],
    ['Break', true, [item(1), error(`${broken} HubException: dried up`)], []],
    ['Break', false, [item(1), error(broken)], ['hub method failed']],
    ['Wrong', 7, [error(NOT_A_STREAM)], ['stream method returned no stream']],
    ['Wrong', 'text', [error(NOT_A_STREAM)], ['stream method returned no stream']],
    ['Wrong', null, [error(NOT_A_STREAM)], ['stream method returned no stream']],
    ['Wrong', {}, [error(NOT_A_STREAM)], ['stream method returned no stream']],
  ])('of %s(%j) ends with the error that ends it', async (target, arg, messages, logged) => {
    await connect();
    client.send(stream(target, arg));
    expect(await drain()).toEqual(messages);
    expect(running.log.takeErrors()).toEqual(logged);
    expect(await client.invoke('Plain', 1)).toMatchObject({ result: 1 });
  });

  it('tells every error with detailed errors', async () => {
    await connect({ detailedErrors: true });
    client.send(stream('Break', false));
    expect(await drain()).toEqual([item(1), error(`${broken} Error: secret`)]);
    running.log.takeErrors();
  });

  it('ends when an item has no encoding, and stops the source', async () => {
    await connect();
    client.send(stream('Unwritable'));
    expect(await drain()).toEqual([item(1), error(broken)]);
    expect(source.events).toEqual(['finally']);
    expect(running.log.takeErrors()).toEqual(['hub method failed']);
  });

  it('is refused when the method has none, or has one that was not asked for', async () => {
    await connect();
    client.send(stream('Plain', 1));
    const attempted = 'The client attempted to invoke the';
    expect(await drain()).toEqual([error(`${attempted} non-streaming 'Plain' method with a streaming invocation.`)]);
    expect(await client.invoke('Count', 1)).toEqual({
      type: 3,
      invocationId: 'i',
      error: `${attempted} streaming 'Count' method with a non-streaming invocation.`,
    });
  });

  it('does not keep invocations waiting, nor they it', async () => {
    await connect();
    client.send(stream('Waiting'));
    expect(await client.nextMessage()).toEqual(item(0));
    expect(await client.invoke('Plain', 1)).toMatchObject({ result: 1 });
    client.send(CANCEL);
    expect(await drain()).toEqual([END]);
  });
});

describe('stream to the client › cancel', () => {
  it('aborts the signal of the invocation, runs the finally of the source, and is answered with a completion', async () => {
    await connect();
    client.send(stream('Waiting'));
    expect(await client.nextMessage()).toEqual(item(0));
    client.send(CANCEL);
    expect(await drain()).toEqual([END]);
    await source.ended.promise;
    expect(source.events).toEqual(['finally']);
    await client.settle();
    expect(client.unread).toEqual([]);
  });

  it('before the source is there, has it begin and clean up', async () => {
    await connect();
    client.send(stream('Later', 3), CANCEL);
    expect(await drain()).toEqual([END]);
    client.send(stream('List', [1]));
    expect(await drain()).toEqual([item(1), END]);
    await source.ended.promise;
    expect([source.pulled, ...source.events]).toEqual([1, 'aborted', 'finally']);
  });

  it('is answered at once although the source does not heed it, and frees the id', async () => {
    await connect();
    client.send(stream('Deaf'));
    expect(await client.nextMessage()).toEqual(item(0));
    client.send(CANCEL);
    expect(await drain()).toEqual([END]);
    client.send(stream('List', ['new']));
    expect(await drain()).toEqual([item('new'), END]);
    source.ended.resolve();
    await client.settle();
    expect(client.unread).toEqual([]);
  });

  it('of what has ended is ignored', async () => {
    await connect();
    client.send(stream('List', []), CANCEL, CANCEL);
    expect(await drain()).toEqual([END]);
    expect(await client.invoke('Plain', 1)).toMatchObject({ result: 1 });
  });

  it.each(['goes in good order', 'is lost', 'is dropped', 'is drained'])(
    'happens when the client %s: the source is stopped',
    async (how) => {
      await connect();
      client.send(stream('Waiting'));
      expect(await client.nextMessage()).toEqual(item(0));
      if (how === 'goes in good order') client.socket.close();
      if (how === 'is lost') client.socket.terminate();
      if (how === 'is dropped') client.send('nonsense');
      if (how === 'is drained') running.server.closeConnections(() => true);
      await source.ended.promise;
      expect(source.events).toEqual(['finally']);
      await client.closed;
    },
  );
});

describe('stream to the client › bounds', () => {
  it('refuses an id that is in use, and the stream that has it goes on', async () => {
    await connect();
    client.send(stream('Waiting'));
    expect(await client.nextMessage()).toEqual(item(0));
    client.send(stream('List', [1]), '{"type":1,"invocationId":"s","target":"Plain","arguments":[1]}');
    expect(await client.nextMessage()).toEqual(error("Invocation ID 's' is already in use."));
    expect(await client.nextMessage()).toEqual(error("Invocation ID 's' is already in use."));
    client.send(CANCEL);
    expect(await drain()).toEqual([END]);
  });

  it('refuses more streams than may run, those that do not stop among them', async () => {
    await connect({ maximumStreamsPerConnection: 2 });
    const deaf = (id: string): string => JSON.stringify({ type: 4, invocationId: id, target: 'Deaf', arguments: [] });
    client.send(deaf('a'), deaf('b'));
    for (const invocationId of ['a', 'b']) expect(await client.nextMessage()).toMatchObject({ type: 2, invocationId });
    client.send('{"type":5,"invocationId":"a"}');
    expect(await drain()).toEqual([{ type: 3, invocationId: 'a' }]);
    client.send(stream('List', []));
    const text =
      "An unexpected error occurred invoking 'List' on the server. HubException: too many streams are running";
    expect(await drain()).toEqual([error(text)]);
    source.ended.resolve();
    expect(await drain()).toMatchObject([
      { item: 1, invocationId: 'b' },
      { type: 3, invocationId: 'b' },
    ]);
    client.send(stream('List', []));
    expect(await drain()).toEqual([END]);
  });

  it('stops pulling the source while the client does not take what is sent, and goes on when it does', async () => {
    await connect();
    client.socket.pause();
    client.send(stream('Endless'));
    let before = -1;
    // The kernel takes megabytes before anything waits here.
    while (before !== source.pulled) {
      before = source.pulled;
      for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    }
    expect(running.server.connections).toBe(1);
    client.socket.resume();
    const more = source.pulled + 100;
    while (source.pulled < more) await client.next();
    client.send(CANCEL);
    for (;;) if (((await client.nextMessage()) as { type: number }).type === 3) break;
  });

  it('lets others have their turn while a source brings items without end', async () => {
    await connect();
    client.send(stream('Endless'), '{"type":1,"invocationId":"i","target":"Plain","arguments":[1]}');
    for (;;) if (((await client.nextMessage()) as { invocationId: string }).invocationId === 'i') break;
    client.send(CANCEL);
    for (;;) if (((await client.nextMessage()) as { type: number }).type === 3) break;
  });

  it('ends a stream that cannot be slowed down when the client does not keep up, and keeps the connection', async () => {
    await connect();
    client.socket.pause();
    client.send(stream('Flood'));
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.resume();
    const messages = await drain();
    const text = `An error occurred on the server while streaming results. HubException: the client does not take the items as fast as they come`;
    expect(messages.at(-1)).toEqual(error(text));
    expect(source.events).toEqual(['stopped']);
    expect(await client.invoke('Plain', 1)).toMatchObject({ result: 1 });
  });
});
