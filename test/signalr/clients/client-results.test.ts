import { defineHub, type HubContext, HubException, method } from '../../../src/signalr';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

const hubs = useHubs();
let running: RunningHub<undefined>;
let client: WireClient;
let clock: FakeClock;
let started: string[];
let controller: AbortController;
let outcome: Deferred<unknown>;

const circular: unknown[] = [];
circular.push(circular);

const hub = defineHub({
  Ask: method(['json'], ({ caller }: HubContext, value) => {
    started.push('Ask');
    return caller.invoke('Question', value);
  }),
  AskBriefly: method(['number'], ({ caller }: HubContext, timeout) =>
    caller.withOptions({ timeout }).invoke('Question'),
  ),
  AskUntil: method([], ({ caller }: HubContext) =>
    caller.withOptions({ signal: controller.signal }).invoke('Question'),
  ),
  AskAndTell: method([], async ({ caller }: HubContext) => {
    try {
      outcome.resolve(await caller.invoke('Question'));
    } catch (error) {
      outcome.resolve(error);
    }
  }),
  AskOther: method(['string'], ({ clients }: HubContext, id) => clients.client(id).invoke('Question')),
  AskTwice: method([], async ({ caller }: HubContext) => [
    await caller.invoke('Question', 1),
    await caller.invoke('Question', 2),
  ]),
  AskWrong: method([], ({ caller }: HubContext) => caller.invoke('Question', circular)),
  Now: method(['json'], (_: HubContext, value) => {
    started.push(`Now ${String(value)}`);
    return value;
  }),
  Id: method([], ({ connectionId }: HubContext) => connectionId),
});

beforeEach(async () => {
  started = [];
  clock = new FakeClock();
  controller = new AbortController();
  outcome = new Deferred();
  running = await hubs.run(hub, { clock });
  client = await running.connect();
});

const call = (target: string, ...args: unknown[]): string =>
  JSON.stringify({ type: 1, invocationId: 'i', target, arguments: args });
const answer = (id: string, result: unknown): string => JSON.stringify({ type: 3, invocationId: id, result });
const question = (id: string, ...args: unknown[]): object => ({
  type: 1,
  invocationId: id,
  target: 'Question',
  arguments: args,
});
const result = (value: unknown): object => ({ type: 3, invocationId: 'i', result: value });
const failed = (target: string, text: string): object => ({
  type: 3,
  invocationId: 'i',
  error: `An unexpected error occurred invoking '${target}' on the server.${text}`,
});

describe('invocation of a client', () => {
  it.each([[null], [0], [false], [''], [{ a: [1] }]])('resolves to its answer %j', async (value) => {
    client.send(call('Ask', value));
    expect(await client.nextMessage()).toEqual(question('s1', value));
    client.sendByteByByte(answer('s1', value));
    expect(await client.nextMessage()).toEqual(result(value));
  });

  it('is written with its id in front', async () => {
    client.send(call('Ask', 1));
    expect(await client.next()).toBe('{"type":1,"invocationId":"s1","target":"Question","arguments":[1]}');
    client.send('{"type":3,"invocationId":"s1","result":null}');
    expect(await client.nextMessage()).toEqual(result(null));
  });

  it('rejects when the client answers neither with a result nor with an error', async () => {
    client.send(call('Ask', 1));
    await client.next();
    client.send('{"type":3,"invocationId":"s1"}');
    const text = ' HubException: the client has completed the invocation without a result';
    expect(await client.nextMessage()).toEqual(failed('Ask', text));
  });

  it('rejects with the error of a client that answers with a result as well, which goes on', async () => {
    client.send(call('Ask', 1));
    await client.next();
    client.send('{"type":3,"invocationId":"s1","error":"no idea","result":{"a":1}}');
    expect(await client.nextMessage()).toEqual(failed('Ask', ' HubException: no idea'));
    expect(await client.invoke('Now', 1)).toEqual(result(1));
  });

  it('rejects with what the client fails with', async () => {
    client.send(call('Ask', 1));
    await client.next();
    client.send('{"type":3,"invocationId":"s1","error":"no idea"}');
    expect(await client.nextMessage()).toEqual(failed('Ask', ' HubException: no idea'));
  });

  it('rejects when an argument has no encoding, and nothing waits', async () => {
    client.send(call('AskWrong'));
    expect(await client.nextMessage()).toEqual(failed('AskWrong', ''));
    expect(running.log.takeErrors()).toEqual(['hub method failed']);
    expect(await client.invoke('Now', 1)).toEqual(result(1));
  });

  it('rejects when the client takes too long; a late answer is ignored', async () => {
    client.send(call('AskBriefly', 5000));
    expect(await client.nextMessage()).toEqual(question('s1'));
    const timers = clock.timers;
    clock.advance(4999);
    await client.settle();
    expect(client.unread).toEqual([]);
    clock.advance(1);
    expect(await client.nextMessage()).toEqual(
      failed('AskBriefly', ' HubException: the client did not answer within 5000 ms'),
    );
    expect(clock.timers).toBe(timers - 1);
    client.send(answer('s1', 1), call('Now', 2));
    expect(await client.nextMessage()).toEqual(result(2));
  });

  it('is given up after clientResultTimeout, if that is set', async () => {
    const impatient = await (await hubs.run(hub, { clock, clientResultTimeout: 1000 })).connect();
    impatient.send(call('Ask', 1));
    expect(await impatient.nextMessage()).toEqual(question('s1', 1));
    clock.advance(1000);
    expect(await impatient.nextMessage()).toEqual(
      failed('Ask', ' HubException: the client did not answer within 1000 ms'),
    );
  });

  it('rejects when its signal is aborted, before or after it was sent', async () => {
    client.send(call('AskUntil'));
    expect(await client.nextMessage()).toEqual(question('s1'));
    controller.abort();
    const text = ' HubException: Invocation canceled by the server.';
    expect(await client.nextMessage()).toEqual(failed('AskUntil', text));
    client.send(call('AskUntil'));
    expect(await client.nextMessage()).toEqual(failed('AskUntil', text));
  });

  it.each(['terminate', 'close'] as const)('rejects when the client is gone (%s)', async (how) => {
    client.send(call('AskAndTell'));
    await client.next();
    client.socket[how]();
    const error = await outcome.promise;
    expect(error).toBeInstanceOf(HubException);
    expect((error as Error).message).toMatch(/^Connection '[\w-]{22}' disconnected\.$/);
    await client.closed;
  });

  it('rejects when the server closes meanwhile', async () => {
    client.send(call('AskAndTell'));
    await client.next();
    const closed = running.server.close();
    expect(await outcome.promise).toBeInstanceOf(HubException);
    await closed;
  });

  it('rejects when there is no such client', async () => {
    client.send(call('AskOther', 'nobody'));
    expect(await client.nextMessage()).toEqual(failed('AskOther', ''));
    expect(running.log.takeErrors()).toEqual(['hub method failed']);
    await expect(running.server.clients.client('nobody').invoke('Question')).rejects.toEqual(
      new Error("Connection 'nobody' does not exist."),
    );
  });

  it('may come from outside of hub methods', async () => {
    client.send(call('Id'));
    const { result: id } = (await client.nextMessage()) as { result: string };
    const asked = running.server.clients.client(id).invoke('Question', 'from outside');
    expect(await client.nextMessage()).toEqual(question('s1', 'from outside'));
    client.send(answer('s1', 'yes'));
    expect(await asked).toBe('yes');
  });

  it('closes the connection of a client that answers for another', async () => {
    const other = await running.connect();
    client.send(call('Ask', 1));
    await client.next();
    other.send(answer('s1', 'forged'));
    expect(await other.nextMessage()).toEqual({
      type: 7,
      error: 'Connection closed with an error.',
      allowReconnect: true,
    });
    client.send(answer('s1', 'true'));
    expect(await client.nextMessage()).toEqual(result('true'));
  });

  it('is not allowed in onConnected', async () => {
    const early = defineHub({}, { onConnected: ({ caller }) => caller.invoke('Question') });
    const { open, log } = await hubs.run(early, { detailedErrors: true });
    const refused = await open();
    refused.send('{"protocol":"json","version":1}');
    expect(await refused.next()).toBe('{}');
    const text = 'Client results inside OnConnectedAsync Hub methods are not allowed.';
    expect(await refused.nextMessage()).toEqual({ type: 7, error: `Connection closed with an error. Error: ${text}` });
    expect(log.takeErrors()).toEqual(['onConnected failed']);
  });
});

describe('maximumParallelInvocations', () => {
  it('does not count an invocation that has waited for the client: the next starts', async () => {
    client.send(call('Ask', 1), '{"type":1,"invocationId":"n","target":"Now","arguments":["meanwhile"]}');
    expect(await client.nextMessage()).toEqual(question('s1', 1));
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'n', result: 'meanwhile' });
    client.send(answer('s1', 'done'));
    expect(await client.nextMessage()).toEqual(result('done'));
    expect(started).toEqual(['Ask', 'Now meanwhile']);
  });

  it('lets an answer in behind an invocation that was held', async () => {
    client.send(call('AskTwice'), '{"type":1,"invocationId":"n","target":"Now","arguments":[0]}', answer('s1', 'a'));
    expect(await client.nextMessage()).toEqual(question('s1', 1));
    expect(await client.nextMessage()).toMatchObject({ invocationId: 'n' });
    expect(await client.nextMessage()).toEqual(question('s2', 2));
    client.send(answer('s2', 'b'));
    expect(await client.nextMessage()).toEqual(result(['a', 'b']));
    expect(await client.invoke('Now', 'after')).toEqual(result('after'));
  });

  it('counts an invocation that waits for the client when as many do as streams may run', async () => {
    const limited = await (await hubs.run(hub, { clock, maximumStreamsPerConnection: 2 })).connect();
    const ask = (id: string): string => JSON.stringify({ type: 1, invocationId: id, target: 'Ask', arguments: [id] });
    limited.send(ask('a'), ask('b'), ask('c'), ask('d'));
    for (const id of ['a', 'b', 'c']) expect(await limited.nextMessage()).toMatchObject({ arguments: [id] });
    await limited.settle();
    expect(limited.unread).toEqual([]);
    expect(started).toEqual(['Ask', 'Ask', 'Ask']);
    limited.socket.close();
    await limited.closed;
  });
});
