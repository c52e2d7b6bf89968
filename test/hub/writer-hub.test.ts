import { sign } from 'jsonwebtoken';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { mintToken } from '../../src/auth/token-minter';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, token } from '../support/test-hub';

const EVENT = { id: 'Alert', timestamp: 1618133869000000000, tags: { capacity: 'over' }, value: 'Help' };

describe('/hub', () => {
  /** Tests that store something in it do so in topics of their own; there is no topic `cars`. */
  const shared = new SharedHub();

  it('stores what SendEventData sends before it answers', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    expect(await connection.invoke('SendEventData', 'one', 'car-1', [EVENT])).toBeNull();
    expect(await hub.read('/topics/one/streams/car-1/events/data')).toBe(
      '{"events":[{"offset":"1","timestamp":1618133869000000000,"id":"Alert","value":"Help","tags":{"capacity":"over"}}],"next":null}',
    );
  });

  it('matches method names without case and takes one bare event', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    await connection.invoke('sendEventData', 'cases', 'car-1', EVENT);
    expect(await hub.read('/topics/cases/streams/car-1')).toContain('"eventCount":1');
  });

  it('stores what is sent without waiting for an answer', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    await connection.send('SendEventData', 'cars', 'car-1', [EVENT]);
    await connection.invoke('SendEventData', 'cars', 'car-1', []);
    await connection.stop();
    await hub.close();
    expect(hub.log()).not.toContain('"level":50');
  });

  it('keeps the order of invocations that do not wait for each other', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    const numbers = Array.from({ length: 500 }, (_, number) => number);
    await Promise.all(
      numbers.map((n) =>
        connection.invoke('SendEventData', 'order', 'car-1', [{ id: 'n', timestamp: 1, value: String(n) }]),
      ),
    );
    const { events } = JSON.parse(await hub.read('/topics/order/streams/car-1/events/data')) as {
      events: { value: string }[];
    };
    expect(events.map(({ value }) => Number(value))).toEqual(numbers);
  });

  it('makes, replaces and closes streams', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    const { streamId } = await connection.invoke<{ streamId: string }>('CreateStream', 'streams', {
      name: 'one',
      location: '/a',
    });
    const stream = async () => JSON.parse(await hub.read(`/topics/streams/streams/${streamId}`)) as object;
    expect(await stream()).toMatchObject({ streamId, name: 'one', location: '/a', status: 'open' });
    await connection.invoke('UpdateStream', 'streams', streamId, { name: 'two' });
    expect(await stream()).not.toHaveProperty('location');
    await connection.invoke('CloseStream', 'streams', streamId);
    expect(await stream()).toMatchObject({ name: 'two', status: 'closed' });
    await connection.invoke('SendEventData', 'streams', streamId, [EVENT]);
    expect(await stream()).toMatchObject({ status: 'open' });
  });

  it.each<[string, unknown[], RegExp]>([
    ['SendEventData', ['cars', 'car-1', [{ id: 'a' }]], /HubException: invalid_events: .*\[0\] \$\.timestamp: /s],
    ['SendEventData', ['cars', 'car-1', 7], /HubException: invalid_events: /],
    ['SendEventData', ['', 'car-1', [EVENT]], /HubException: invalid_name: /],
    ['SendEventData', [5, 'car-1', [EVENT]], /HubException: invalid_name: /],
    ['SendEventData', ['cars', 'a/b', [EVENT]], /HubException: invalid_name: /],
    ['UpdateStream', ['cars', 'car-1', { nam: 1 }], /HubException: invalid_properties: /],
    ['CloseStream', ['cars', 'nowhere'], /HubException: unknown_topic: /],
    ['SendEventData', ['cars', 'car-1'], /HubException: invalid_query: SendEventData takes 3 to 4 arguments, got 2$/],
    ['sendeventdata', [], /HubException: invalid_query: SendEventData takes 3 to 4 arguments, got 0$/],
    ['SendEventData', [1, 2, 3, 4, 5], /HubException: invalid_query: SendEventData takes 3 to 4 arguments, got 5$/],
    ['SendEventData', ['cars\ud800', 's', []], /HubException: invalid_query: SendEventData cannot read argument 1: /],
    ['CreateStream', [], /HubException: invalid_query: CreateStream takes 1 to 2 arguments, got 0$/],
    ['UpdateStream', ['cars'], /HubException: invalid_query: UpdateStream takes 2 to 3 arguments, got 1$/],
    [
      'UpdateStream',
      ['cars', { name: 'x' }],
      /HubException: invalid_properties: the properties are missing: .*\{\} rem/,
    ],
    ['UpdateStream', ['cars', 'car-1', { name: 2 ** 60 }], /HubException: invalid_properties: /],
    ['UpdateStream', ['cars', 'car-1', { metadata: { a: 2 ** 60 } }], /HubException: invalid_properties: /],
    ['UpdateStream', [null, 'car-1', {}], /HubException: invalid_name: /],
    ['UpdateStream', ['cars', null, {}], /HubException: invalid_name: /],
    ['SendEventData', [null, 'car-1', [EVENT]], /HubException: invalid_name: /],
    ['CloseStream', ['cars'], /HubException: invalid_query: CloseStream takes 2 arguments, got 1$/],
    ['StreamEvents', [], /HubException: invalid_query: StreamEvents takes 1 to 2 arguments, got 0$/],
    ['Nothing', [], /HubException: Method does not exist\.$/],
  ])('refuses %s%j with a reason, and the connection goes on', async (target, args, message) => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    await expect(connection.invoke(target, ...args)).rejects.toThrow(message);
    await connection.invoke('SendEventData', 'bikes', 'b', [EVENT]);
    expect(await hub.read('/topics')).not.toContain('cars');
  });

  it('makes a stream of the topic alone', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect();
    const { streamId } = await connection.invoke<{ streamId: string }>('CreateStream', 'alone');
    expect(await hub.read(`/topics/alone/streams/${streamId}`)).toContain('"status":"open"');
  });

  it('tells one who lacks the scope which one it is', async () => {
    const hub = await shared.hub();
    const connection = await hub.connect(token('append:boats'));
    await expect(connection.invoke('SendEventData', 'cars', 'car-1', [EVENT])).rejects.toThrow(
      'forbidden: the token lacks the scope append:cars',
    );
    await expect(connection.invoke('SendEventData', 'boats', 'b', [EVENT])).rejects.toThrow('unknown_topic: ');
  });

  it('tells where an argument stops being JSON or UTF-8', async () => {
    const hub = await shared.hub();
    const socket = new WebSocket(`${hub.url}/hub`, { headers: { authorization: `Bearer ${token('admin')}` } });
    await once(socket, 'open');
    socket.send('{"protocol":"json","version":1}\x1e');
    await once(socket, 'message');
    const head = '{"type":1,"invocationId":"1","target":"SendEventData","arguments":["cars","s",';
    for (const [argument, position] of [
      ['[{"id":"a",}]', 11],
      ['[{"id":"\xff"}]', 8],
    ] as const) {
      socket.send(Buffer.concat([Buffer.from(head), Buffer.from(argument, 'latin1'), Buffer.from(']}\x1e')]));
      const [data] = (await once(socket, 'message')) as [Buffer];
      expect(String(data)).toContain(`HubException: malformed_json: malformed JSON at byte ${position}`);
    }
    socket.close();
  });

  it('closes with the reason when a message is over the limit', async () => {
    const hub = await TestHub.start({ maxMessageBytes: 2048 });
    const connection = await hub.connect();
    const closed = new Promise<Error | undefined>((resolve) => {
      connection.onclose(resolve);
    });
    await expect(
      connection.invoke('SendEventData', 'cars', 'car-1', [{ ...EVENT, value: 'x'.repeat(3000) }]),
    ).rejects.toThrow();
    expect((await closed)?.message).toContain('2048');
  });

  it.each([
    ['no token', ''],
    ['a token that is not signed with the secret', mintToken({ scopes: ['admin'] }, SECRET.toUpperCase()).token],
    ['an expired token', mintToken({ scopes: ['admin'], expiresIn: 1, now: () => 0 }, SECRET).token],
  ])('answers 401 with the reason to %s, at negotiation and at the upgrade', async (_, bearer) => {
    const hub = await shared.hub();
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await hub.fetch('/hub/negotiate?negotiateVersion=1', { method: 'POST', headers });
    expect([response.status, await response.text()]).toEqual([401, expect.stringMatching(/^(the|there is no) token/)]);
    await expect(hub.connect(bearer)).rejects.toThrow(/401/);
    const socket = new WebSocket(`${hub.url}/hub`, { headers });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });

  it('takes a token of 17 KiB, in the header and in the query, and refuses headers of more than 32 KiB', async () => {
    const hub = await shared.hub();
    const bearer = sign({ scopes: ['admin'], filler: 'x'.repeat(12_600) }, SECRET, { expiresIn: 60 });
    expect(bearer.length).toBeGreaterThan(16_900);
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await hub.fetch('/hub/negotiate?negotiateVersion=1', { method: 'POST', headers });
    expect(response.status).toBe(200);
    const socket = new WebSocket(`${hub.url}/hub?access_token=${bearer}`);
    await once(socket, 'open');
    socket.terminate();
    const tooLong = { authorization: `Bearer ${'x'.repeat(33_000)}` };
    expect((await hub.fetch('/hub/negotiate?negotiateVersion=1', { method: 'POST', headers: tooLong })).status).toBe(
      431,
    );
  });

  it.each(['/%68ub', '/hu%62', '/%48%55%42'])('is at its path, however that is escaped: %s', async (path) => {
    const hub = await shared.hub();
    const headers = { authorization: `Bearer ${token('admin')}` };
    const response = await hub.fetch(`${path}/%6eegotiate?negotiateVersion=1`, { method: 'POST', headers });
    expect(response.status).toBe(200);
    const socket = new WebSocket(`${hub.url}${path}`, { headers });
    await once(socket, 'open');
    socket.terminate();
  });

  it('takes the token of a WebSocket from the query, as browsers send it', async () => {
    const hub = await shared.hub();
    const socket = new WebSocket(`${hub.url}/hub?access_token=${token('admin')}`);
    await once(socket, 'open');
    socket.close();
  });

  it('guards the upgrade with the allow-list of origins', async () => {
    const hub = await TestHub.start({ corsOrigins: ['https://good.example'] });
    const connect = (origin: string) =>
      new WebSocket(`${hub.url}/hub`, { origin, headers: { authorization: `Bearer ${token('admin')}` } });
    const [error] = (await once(connect('https://bad.example'), 'error')) as [Error];
    expect(error.message).toContain('403');
    const good = connect('https://good.example');
    await once(good, 'open');
    good.close();
  });

  it('closes a connection when its token expires', async () => {
    const hub = await TestHub.start({ clockTolerance: 0 });
    const connection = await hub.connect(mintToken({ scopes: ['admin'], expiresIn: 4 }, SECRET).token);
    await new Promise((resolve) => {
      connection.onclose(resolve);
    });
  });

  it('says goodbye to its clients when it closes, after what they sent is stored', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    const closed = new Promise<Error | undefined>((resolve) => {
      connection.onclose(resolve);
    });
    const sent = connection.invoke('SendEventData', 'cars', 'car-1', [EVENT]);
    await connection.invoke('SendEventData', 'cars', 'car-1', []);
    await hub.close();
    await sent;
    expect(await closed).toBeUndefined();
  });
});
