import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel, Subject } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import {
  defineHub,
  type HubContext,
  HubException,
  method,
  stream,
  streamMethod,
  type ValueKind,
} from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

async function collect(items: AsyncIterable<unknown>): Promise<string[]> {
  const texts: string[] = [];
  try {
    for await (const item of items) texts.push(`${typeof item} ${String(item)}`);
  } catch (error) {
    if (!(error instanceof HubException)) throw error;
    texts.push(`${error.name}: ${error.message}`);
  }
  return texts;
}

const hub = defineHub({
  Whole: method([stream('int32')], (_: HubContext, items) => collect(items)),
  Long: method([stream('int64')], (_: HubContext, items) => collect(items)),
  Maybe: method(['string', stream('string?')], async (_: HubContext, start, items) => [
    start,
    ...(await collect(items)),
  ]),
  Anything: method(['stream<json>'], (_: HubContext, items) => collect(items)),
  Double: streamMethod([stream('number')], async function* (_: HubContext, items) {
    for await (const item of items) yield item * 2;
  }),
  Ask: method(['string'], async ({ caller }: HubContext, returns) => {
    const answer = await caller.withOptions({ returns: returns as ValueKind }).invoke('Answer');
    return `${typeof answer} ${String(answer)}`;
  }),
  Plain: method([], () => 1),
});

const FAILURE = 'HubException: Failed to bind Stream message.';

describe('an item of an upload stream, in JSON', () => {
  it.each([
    ['Whole', [1, -2], ['number 1', 'number -2']],
    ['Whole', [1, 1.5, 2], ['number 1', FAILURE]],
    ['Whole', ['x'], [FAILURE]],
    ['Whole', [null], [FAILURE]],
    ['Whole', [2 ** 31], [FAILURE]],
    ['Maybe', ['a', null], ['', 'string a', 'object null']],
    ['Maybe', ['a', 5, 'b'], ['', 'string a', FAILURE]],
    ['Maybe', ['\ud800'], ['', FAILURE]],
    ['Anything', [1, 'a'], ['number 1', 'string a']],
  ])('is of the kind of the stream, or fails it: %s %j', async (target, items, got) => {
    const { connect } = await hubs.run(hub, {});
    const client = await connect();
    const args = target === 'Maybe' ? [''] : [];
    client.send(JSON.stringify({ type: 1, invocationId: 'i', target, arguments: args, streamIds: ['s'] }));
    for (const item of items) client.send(JSON.stringify({ type: 2, invocationId: 's', item }));
    client.send('{"type":3,"invocationId":"s"}');
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'i', result: got });
    expect(await client.invoke('Plain')).toMatchObject({ result: 1 });
  });

  it.each([
    ['9007199254740993', 'bigint 9007199254740993'],
    ['9223372036854775807', 'bigint 9223372036854775807'],
    ['9223372036854775808', FAILURE],
    ['nope', FAILURE],
  ])('keeps its digits: %s', async (item, got) => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":1,"invocationId":"i","target":"Long","arguments":[],"streamIds":["s"]}');
    client.send(`{"type":2,"invocationId":"s","item":${item}}`, '{"type":3,"invocationId":"s"}');
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 'i', result: [got] });
  });

  it('says with detailed errors what kind it should have been', async () => {
    const client = await (await hubs.run(hub, { detailedErrors: true })).connect();
    client.send('{"type":1,"invocationId":"i","target":"Whole","arguments":[],"streamIds":["s"]}');
    client.send('{"type":2,"invocationId":"s","item":"x"}');
    const detail = "InvalidDataException: Deserializing object of the `Int32` type for 'item' failed.";
    expect(await client.nextMessage()).toMatchObject({ result: [`${FAILURE} ${detail}`] });
  });
});

describe.each(['json', 'messagepack'])('the stock client, in %s', (encoding) => {
  let connection: HubConnection;

  beforeEach(async () => {
    const { url } = await hubs.run(hub, {});
    const builder = new HubConnectionBuilder()
      .withUrl(url, { transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None);
    connection = (encoding === 'json' ? builder : builder.withHubProtocol(new MessagePackHubProtocol())).build();
    await connection.start();
  });

  afterEach(() => connection.stop());

  it('gets back what it streams, and the end of a stream with a wrong item', async () => {
    const doubled = (...items: unknown[]): Promise<unknown[]> =>
      new Promise((resolve) => {
        const got: unknown[] = [];
        const subject = new Subject<unknown>();
        connection.stream('Double', subject).subscribe({
          next: (item) => got.push(item),
          complete: () => {
            resolve([...got, 'complete']);
          },
          error: (error: unknown) => {
            resolve([...got, (error as Error).message]);
          },
        });
        for (const item of items) subject.next(item);
        subject.complete();
      });
    expect(await doubled(1, 2.5)).toEqual([2, 5, 'complete']);
    const text = 'An error occurred on the server while streaming results.';
    expect(await doubled(1, 'two')).toEqual([2, `${text} ${FAILURE}`]);
  });

  it.each<[ValueKind, unknown, string]>([
    ['string', 'yes', 'string yes'],
    ['int32', 7, 'number 7'],
    ['int64', 7, 'bigint 7'],
    ['string?', null, 'object null'],
    ['json', { a: 1 }, 'object [object Object]'],
    ['boolean', true, 'boolean true'],
  ])('answers with a result of the kind that is asked for: %s', async (kind, answer, got) => {
    connection.on('Answer', () => answer);
    expect(await connection.invoke('Ask', kind)).toBe(got);
  });

  it.each<[ValueKind, unknown, string]>([
    ['string', 5, 'String'],
    ['int32', 'x', 'Int32'],
    ['int32', 1.5, 'Int32'],
    ['int64', null, 'Int64'],
    ['bytes', 'no bytes!', 'Byte[]'],
  ])('has failed with a result of another kind than %s', async (kind, answer, name) => {
    connection.on('Answer', () => answer);
    await expect(connection.invoke('Ask', kind)).rejects.toThrow(
      `HubException: Error trying to deserialize result to ${name}. Deserializing object of the \`${name}\` type for '`,
    );
    expect(await connection.invoke('Plain')).toBe(1);
  });
});

describe('an answer of a client', () => {
  it('cannot be asked for in a kind that does not exist', async () => {
    const { connect, log } = await hubs.run(hub, {});
    const client = await connect();
    expect(await client.invoke('Ask', 'text')).toMatchObject({ error: expect.any(String) as string });
    expect(log.errors.map(({ fields }) => String((fields as { err: unknown }).err))).toEqual([
      "TypeError: invoke: there is no kind 'text' of results",
    ]);
    log.takeErrors();
  });

  it('keeps its digits', async () => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":1,"invocationId":"i","target":"Ask","arguments":["int64"]}');
    expect(await client.nextMessage()).toMatchObject({ invocationId: 's1', target: 'Answer' });
    client.send('{"type":3,"invocationId":"s1","result":9007199254740993}');
    expect(await client.nextMessage()).toMatchObject({ result: 'bigint 9007199254740993' });
  });
});
