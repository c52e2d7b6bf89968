import { defineHub, method } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();
const echo = defineHub({ Echo: method(['json'], (_, value) => value) });
const REQUEST = '{"protocol":"json","version":1}';
const CALL = '{"type":1,"invocationId":"1","target":"Echo","arguments":[5]}';
const ANSWER = '{"type":3,"invocationId":"1","result":5}';

describe('handshake', () => {
  it('is answered with an empty object', async () => {
    const client = await (await hubs.run(echo, {})).open();
    client.send(REQUEST);
    expect(await client.next()).toBe('{}');
  });

  it('may come byte by byte', async () => {
    const client = await (await hubs.run(echo, {})).open();
    client.sendByteByByte(REQUEST, CALL);
    expect([await client.next(), await client.next()]).toEqual(['{}', ANSWER]);
  });

  it('may be followed by messages in the same frame', async () => {
    const client = await (await hubs.run(echo, {})).open();
    client.send(REQUEST, CALL, CALL);
    expect([await client.next(), await client.next(), await client.next()]).toEqual(['{}', ANSWER, ANSWER]);
  });

  it('may come in a binary frame', async () => {
    const client = await (await hubs.run(echo, {})).open();
    client.sendRaw(`${REQUEST}\x1e`, true);
    expect(await client.next()).toBe('{}');
  });

  it.each([
    ['{"protocol":"xml","version":1}', "The protocol 'xml' is not supported."],
    ['{"protocol":"messagepack","version":3}', "The server does not support version 3 of the 'messagepack' protocol."],
    ['{"protocol":"json","version":3}', "The server does not support version 3 of the 'json' protocol."],
    ['{"protocol":"json"}', 'An unexpected error occurred during connection handshake.'],
    ['{"type":6}', 'An unexpected error occurred during connection handshake.'],
    ['GET / HTTP/1.1', 'An unexpected error occurred during connection handshake.'],
    ['', 'An unexpected error occurred during connection handshake.'],
  ])('is refused for %j, and the connection closed without a Close message', async (text, error) => {
    const hub = await hubs.run(echo, {});
    const client = await hub.open();
    client.send(text, CALL);
    expect(await client.nextMessage()).toEqual({ error });
    expect([await client.closed, client.unread]).toEqual([1000, []]);
  });

  it('says what is wrong with detailed errors', async () => {
    const client = await (await hubs.run(echo, { detailedErrors: true })).open();
    client.send('{"protocol":"json"}');
    expect(await client.nextMessage()).toEqual({
      error:
        "An unexpected error occurred during connection handshake. InvalidDataException: Missing required property 'version'.",
    });
  });

  it('is canceled when it is longer than a message may be', async () => {
    const client = await (await hubs.run(echo, { maximumReceiveMessageSize: 100 })).open();
    client.sendRaw('x'.repeat(100));
    expect(await client.nextMessage()).toEqual({ error: 'Handshake was canceled.' });
    expect(await client.closed).toBe(1000);
  });

  it('is canceled when it takes too long', async () => {
    const clock = new FakeClock();
    const client = await (await hubs.run(echo, { clock })).open();
    client.sendRaw(REQUEST);
    await client.settle();
    clock.advance(14_000);
    await client.settle();
    expect(client.unread).toEqual([]);
    clock.advance(1_000);
    expect(await client.nextMessage()).toEqual({ error: 'Handshake was canceled.' });
    expect(await client.closed).toBe(1000);
  });

  it('is not canceled while the server itself does not read', async () => {
    const clock = new FakeClock();
    const hub = await hubs.run(echo, { clock });
    const client = await hub.open();
    hub.server.pauseReading();
    client.send(REQUEST);
    clock.advance(60_000);
    hub.server.resumeReading();
    expect(await client.next()).toBe('{}');
  });
});
