import { ExactDate, HubException } from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';
import { arrive, type JoinedServers, type Member, runJoined } from '../support/joined-servers';

const hubs = useHubs();

interface Question {
  readonly invocationId: string;
  readonly target: string;
  readonly arguments: unknown[];
}

const answer = (invocationId: string, result: unknown): string => JSON.stringify({ type: 3, invocationId, result });
const waiting = ({ servers }: JoinedServers): (number | undefined)[] =>
  servers.map(({ backplane }) => backplane?.waiting);

async function question({ client }: Member): Promise<Question> {
  return (await client.nextMessage()) as Question;
}

describe('an invocation of a client of another server', () => {
  it.each([
    ['null', null],
    ['nothing false', false],
    ['an integer', 7],
    ['a large integer', 2 ** 52 + 1],
    ['a fraction', 0.1],
    ['text', 'grüße \u{1f600}'],
    ['a list in an object', { a: [1, null, { b: '' }] }],
  ])('resolves to its answer: %s', async (_, value) => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const asked = joined.servers[0]!.clients.client(far.id).invoke('Question', value, 'two');
    const { invocationId, target, arguments: args } = await question(far);
    expect([target, args]).toEqual(['Question', [value, 'two']]);
    far.client.send(answer(invocationId, value));
    expect(await asked).toEqual(value);
    expect(waiting(joined)).toEqual([0, 0]);
  });

  it.each([
    ['int64', '9007199254740993', 9007199254740993n],
    ['decimal', '1.10', '1.10'],
    ['bytes', '"AQI="', Buffer.of(1, 2)],
    ['date', '"2024-05-06T07:08:09.123Z"', new Date('2024-05-06T07:08:09.123Z')],
    ['date', '"2024-05-06T07:08:09.1234567Z"', new ExactDate(1714979289123456700n)],
    ['string?', 'null', null],
  ] as const)('resolves to an answer of the kind that it asks for: %s of %s', async (returns, written, value) => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const asked = joined.servers[0]!.clients.client(far.id).withOptions({ returns }).invoke('Question');
    const { invocationId } = await question(far);
    far.client.send(`{"type":3,"invocationId":"${invocationId}","result":${written}}`);
    const result: unknown = await asked;
    expect(result instanceof Uint8Array ? Buffer.from(result) : result).toEqual(value);
    if (value instanceof ExactDate) expect((result as ExactDate).epochNanoseconds).toBe(value.epochNanoseconds);
  });

  it('rejects when its answer is of another kind, or there is no such kind', async () => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const { clients } = joined.servers[0]!;
    const asked = clients.client(far.id).withOptions({ returns: 'int32' }).invoke('Question');
    const outcome = expect(asked).rejects.toBeInstanceOf(HubException);
    const { invocationId } = await question(far);
    far.client.send(answer(invocationId, 'seven'));
    await outcome;
    const wrong = { returns: 'int33' } as never;
    await expect(clients.client(far.id).withOptions(wrong).invoke('Question')).rejects.toThrow(/no kind 'int33'/);
    expect(waiting(joined)).toEqual([0, 0]);
  });

  it('has an id that no other server, nor its own, gives another one', async () => {
    const joined = await runJoined(hubs, 3);
    const member = await joined.join(2);
    const asked = joined.servers.map(({ clients }, i) => clients.client(member.id).invoke('Question', i));
    const questions = [await question(member), await question(member), await question(member)];
    expect(new Set(questions.map(({ invocationId }) => invocationId)).size).toBe(3);
    for (const { invocationId, arguments: args } of questions.reverse()) {
      member.client.send(answer(invocationId, [args, 'answered']));
    }
    expect(await Promise.all(asked)).toEqual([0, 1, 2].map((i) => [[i], 'answered']));
  });

  it('rejects with what the client fails with', async () => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const asked = joined.servers[0]!.clients.client(far.id).invoke('Question');
    const { invocationId } = await question(far);
    far.client.send(JSON.stringify({ type: 3, invocationId, error: 'no idea' }));
    await expect(asked).rejects.toEqual(new HubException('no idea'));
    await expect(asked).rejects.toBeInstanceOf(HubException);
  });

  it('rejects when there is no such connection: on a live server, on one that is gone, anywhere', async () => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    await joined.beat(6);
    const { clients } = joined.servers[0]!;
    for (const id of [`${far.id.split('.')[0]!}.nobody`, 'gone-server.nobody', 'nobody']) {
      await expect(clients.client(id).invoke('Question')).rejects.toEqual(
        new Error(`Connection '${id}' does not exist.`),
      );
    }
    expect(waiting(joined)).toEqual([0, 0]);
  });

  it.each(['terminate', 'close'] as const)('rejects when the client is gone (%s)', async (how) => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const asked = joined.servers[0]!.clients.client(far.id).invoke('Question');
    await question(far);
    far.client.socket[how]();
    await expect(asked).rejects.toEqual(new HubException(`Connection '${far.id}' disconnected.`));
    expect(waiting(joined)).toEqual([0, 0]);
  });

  it('rejects when its time is over or its signal is aborted; a late answer is ignored and closes nothing', async () => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const client = joined.servers[0]!.clients.client(far.id);
    const slow = client.withOptions({ timeout: 500 }).invoke('Question');
    const controller = new AbortController();
    const aborted = client.withOptions({ signal: controller.signal }).invoke('Question');
    const questions = [await question(far), await question(far)];
    joined.clocks[0]!.advance(500);
    controller.abort();
    await expect(slow).rejects.toEqual(new HubException('the client did not answer within 500 ms'));
    await expect(aborted).rejects.toEqual(new HubException('Invocation canceled by the server.'));
    await arrive();
    expect(waiting(joined)).toEqual([0, 0]);
    for (const { invocationId } of questions) far.client.send(answer(invocationId, 'late'));
    expect(await far.client.invoke('Echo', 'still there')).toMatchObject({ result: 'still there' });
    await expect(client.withOptions({ signal: controller.signal }).invoke('Question')).rejects.toThrow('canceled');
  });

  it.each([
    ['says goodbye', (joined: JoinedServers) => joined.servers[1]!.close()],
    [
      'is missed',
      async (joined: JoinedServers) => {
        joined.network.links[1]!.closed = true;
        await joined.beat(7, [0]);
      },
    ],
  ])('rejects when the server of the client %s', async (_, leave) => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    const asked = joined.servers[0]!.clients.client(far.id).invoke('Question');
    const rejected = expect(asked).rejects.toEqual(new HubException(`Connection '${far.id}' disconnected.`));
    await question(far);
    await leave(joined);
    await rejected;
    await arrive();
    expect(joined.servers[0]!.backplane).toMatchObject({ waiting: 0, servers: 0 });
    joined.network.links[1]!.closed = false;
  });

  it('is not waited for by the server of the client when the one that asks is gone', async () => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    joined.servers[0]!.clients.client(far.id)
      .invoke('Question')
      .catch(() => undefined);
    const { invocationId } = await question(far);
    expect(waiting(joined)).toEqual([1, 1]);
    await joined.servers[0]!.close();
    await arrive();
    expect(waiting(joined)[1]).toBe(0);
    far.client.send(answer(invocationId, 'late'));
    expect(await far.client.invoke('Echo', 1)).toMatchObject({ result: 1 });
  });

  it.each([0, 1])('rejects when server %i was cut off meanwhile: the answer may be lost', async (cut) => {
    const joined = await runJoined(hubs, 2);
    const far = await joined.join(1);
    await joined.beat(1);
    const asked = joined.servers[0]!.clients.client(far.id).invoke('Question');
    const rejected = expect(asked).rejects.toEqual(
      new HubException('the answer of the server of the connection may have been lost'),
    );
    await question(far);
    joined.network.links[cut]!.cut();
    joined.network.links[cut]!.restore();
    await joined.beat(1);
    await rejected;
    for (const { log } of joined.running) log.takeErrors();
  });

  it('lets another invocation of the one who waits begin, as with a client of its own', async () => {
    const joined = await runJoined(hubs, 2);
    const [near, far] = [await joined.join(0), await joined.join(1)];
    const call = (id: string, target: string, ...args: unknown[]): string =>
      JSON.stringify({ type: 1, invocationId: id, target, arguments: args });
    near.client.send(call('a', 'Ask', far.id, 1), call('b', 'Echo', 2));
    expect(await near.client.nextMessage()).toMatchObject({ invocationId: 'b', result: 2 });
    far.client.send(answer((await question(far)).invocationId, 'yes'));
    expect(await near.client.nextMessage()).toMatchObject({ invocationId: 'a', result: 'yes' });
  });
});
