import { HubConnectionBuilder, JsonHubProtocol, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { defineHub, HubException, method } from '../../../src/signalr';
import { BinaryClient, binaryFrames, frameBody } from '../support/binary-client';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

const hub = defineHub({
  Echo: method(['json'], (_, value) => value),
  Text: method(['rawJson'], (_, raw) => Buffer.from(raw).toString()),
  Fail: method(['json'], (_, text) => {
    throw new HubException(String(text));
  }),
  Greet: method([], ({ caller }) => caller.send('greeting', 'hello', 2n ** 60n, new Date(0))),
});

const invocation = (target: string, ...args: unknown[]): unknown[] => [1, {}, 'i', target, args, []];

describe('a hub in MessagePack', () => {
  it('takes the handshake and messages glued to it, and answers each', async () => {
    const { url } = await hubs.run(hub, {});
    const first = binaryFrames(invocation('Echo', 1), [6], invocation('Echo', [2]));
    const client = await BinaryClient.connect(url, first);
    expect(await client.next()).toEqual([3, {}, 'i', 3, 1]);
    expect(await client.next()).toEqual([3, {}, 'i', 3, [2]]);
    client.socket.close(1000);
    expect(await client.closed).toBe(1000);
  });

  it('takes messages byte by byte', async () => {
    const { url } = await hubs.run(hub, {});
    const client = await BinaryClient.connect(url);
    for (const byte of binaryFrames(invocation('Echo', 'x'.repeat(200)))) client.socket.send(Buffer.of(byte));
    expect(await client.next()).toEqual([3, {}, 'i', 3, 'x'.repeat(200)]);
    client.socket.close(1000);
    await client.closed;
  });

  it('keeps integers of 64 bits exact both ways', async () => {
    const { url } = await hubs.run(hub, {});
    const client = await BinaryClient.connect(url);
    const integers = [2n ** 64n - 1n, -(2n ** 63n), 1_618_133_869_000_000_001n];
    client.send(invocation('Echo', integers), invocation('Text', integers));
    expect(await client.next()).toEqual([3, {}, 'i', 3, integers]);
    expect(await client.next()).toEqual([3, {}, 'i', 3, `[${integers.join(',')}]`]);
    client.socket.close(1000);
    await client.closed;
  });

  it.each([
    ['NaN', NaN, 'argument 1: NaN has no JSON form'],
    ['an infinity inside', { a: [Infinity] }, 'argument 1: at ["a"][0]: Infinity has no JSON form'],
  ])('fails only the call when a raw argument is %s', async (_, value, reason) => {
    const { url } = await hubs.run(hub, {});
    const client = await BinaryClient.connect(url);
    client.send(invocation('Text', value), invocation('Echo', 'still here'));
    const summary = "Failed to invoke 'Text' due to an error on the server.";
    expect(await client.next()).toEqual([3, {}, 'i', 1, `${summary} InvalidDataException: ${reason}`]);
    expect(await client.next()).toEqual([3, {}, 'i', 3, 'still here']);
    client.socket.close(1000);
    await client.closed;
  });

  const closed = 'Connection closed with an error.';
  const tooLarge =
    'InvalidDataException: The maximum message size of 32768B was exceeded. The message size can be configured with the option maximumReceiveMessageSize.';

  it.each([
    ['a length of 2 GB', Buffer.from('ffffffff07', 'hex'), `${closed} ${tooLarge}`],
    ['a length past 2 GB', Buffer.from('ffffffff0f', 'hex'), closed],
    ['a message over the limit', frameBody(Buffer.alloc(32_766)), `${closed} ${tooLarge}`],
    ['an empty message', Buffer.of(0), closed],
    ['text', Buffer.from('{"type":6}\x1e'.repeat(20)), closed],
    ['a message that is no array', frameBody(Buffer.of(0x80)), closed],
  ])('closes with an error after %s, when what came before is answered', async (_, bytes, error) => {
    const { url } = await hubs.run(hub, {});
    const client = await BinaryClient.connect(url, binaryFrames(invocation('Echo', 1)));
    client.socket.send(bytes);
    expect(await client.next()).toEqual([3, {}, 'i', 3, 1]);
    expect(await client.next()).toEqual([7, error, true]);
    expect(await client.closed).toBe(1000);
  });

  it('serves the stock client, and calls it', async () => {
    const { url } = await hubs.run(hub, {});
    const connection = new HubConnectionBuilder()
      .withUrl(url)
      .withHubProtocol(new MessagePackHubProtocol())
      .configureLogging(LogLevel.None)
      .build();
    const greeting = new Promise<unknown[]>((resolve) => {
      connection.on('greeting', (...args: unknown[]) => {
        resolve(args);
      });
    });
    await connection.start();
    const value = {
      text: 'ü',
      list: [1, -1.5, null, true],
      date: new Date(1_500_000_000_123),
      bytes: new Uint8Array(3),
    };
    expect(await connection.invoke('Echo', value)).toEqual(value);
    expect(await connection.invoke('Echo', Date.UTC(2030, 0))).toBe(Date.UTC(2030, 0));
    await expect(connection.invoke('Fail', 'no')).rejects.toThrow("'Fail' on the server. HubException: no");
    await connection.invoke('Greet');
    // The stock client has no integers beyond 2^53.
    expect(await greeting).toEqual(['hello', 2 ** 60, new Date(0)]);
    await connection.stop();
  });

  it('hands a raw argument the same text whichever encoding it came in', async () => {
    const { url } = await hubs.run(hub, {});
    const events = [
      { id: 'Alert', timestamp: 1618133869, value: 'Help "me"\n\u2028ü\u0001', tags: { a: 'b', '': '' } },
    ];
    const texts: unknown[] = [];
    for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()]) {
      const builder = new HubConnectionBuilder().withUrl(url).withHubProtocol(protocol);
      const connection = builder.configureLogging(LogLevel.None).build();
      await connection.start();
      texts.push(await connection.invoke('Text', events));
      await connection.stop();
    }
    expect(texts).toEqual([JSON.stringify(events), JSON.stringify(events)]);
  });
});
