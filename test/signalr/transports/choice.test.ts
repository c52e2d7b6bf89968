import { WebSocket } from 'ws';
import { defineHub, type HubServerOptions } from '../../../src/signalr';
import { FakeClock } from '../support/fake-clock';
import { type RunningHub, useHubs } from '../support/hub-servers';
import { HttpPeer } from '../support/http-peer';

const hubs = useHubs();

function run(options: Omit<HubServerOptions<undefined>, 'logger'> = {}): Promise<RunningHub<undefined>> {
  return hubs.run(defineHub({}), { clock: new FakeClock(), ...options });
}

/** The response to a WebSocket that asks for the connection of the peer. */
async function upgrade(peer: HttpPeer): Promise<[number | undefined, string]> {
  const socket = new WebSocket(peer.url.replace('http', 'ws'), { headers: peer.headers });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      socket.close();
      resolve([101, '']);
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve([response.statusCode, body]);
      });
    });
  });
}

const EVENT_STREAM = { accept: 'text/event-stream' };
const NOT_POSSIBLE = 'Cannot change transports mid-connection';

describe('the transport of a connection', () => {
  it('stays long polling', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url);
    expect((await peer.poll()).status).toBe(200);
    expect(await peer.ask('GET', '', EVENT_STREAM)).toMatchObject({ status: 400, body: NOT_POSSIBLE });
    expect(await upgrade(peer)).toEqual([400, NOT_POSSIBLE]);
  });

  it('stays Server-Sent Events', async () => {
    const { url } = await run();
    const peer = await HttpPeer.negotiate(url);
    const events = await peer.events();
    expect(await peer.poll()).toMatchObject({ status: 400, body: NOT_POSSIBLE });
    expect(await upgrade(peer)).toEqual([400, NOT_POSSIBLE]);
    expect(await peer.ask('GET', '', EVENT_STREAM)).toMatchObject({ status: 409, body: '' });
    expect(await peer.ask('DELETE')).toMatchObject({
      status: 400,
      body: 'Cannot terminate this connection using the DELETE endpoint.',
    });
    events.response.destroy();
  });

  it('stays WebSockets', async () => {
    const { url, open } = await run();
    const peer = await HttpPeer.negotiate(url);
    await open(new URL(peer.url).search);
    expect(await peer.poll()).toMatchObject({ status: 400, body: NOT_POSSIBLE });
    expect(await peer.ask('GET', '', EVENT_STREAM)).toMatchObject({ status: 400, body: NOT_POSSIBLE });
    expect(await peer.post('{}')).toMatchObject({
      status: 405,
      body: 'POST requests are not allowed for WebSocket connections.',
    });
    expect(await upgrade(peer)).toEqual([409, 'The connection has its WebSocket already.']);
  });

  it.each([
    ['longPolling', 'WebSockets', [404, 'WebSockets transport not supported by this end point type']],
    ['longPolling', 'ServerSentEvents', [404, 'ServerSentEvents transport not supported by this end point type']],
    ['webSockets', 'LongPolling', [404, 'LongPolling transport not supported by this end point type']],
  ] as const)('is not taken when only %s is offered and %s asked for', async (offered, asked, answer) => {
    const { url } = await run({ transports: [offered] });
    const peer = await HttpPeer.negotiate(url);
    if (asked === 'WebSockets') {
      expect(await upgrade(peer)).toEqual(answer);
      expect(await upgrade(peer.at(url))).toEqual(answer);
    } else {
      const { status, body } = await peer.ask('GET', '', asked === 'LongPolling' ? {} : EVENT_STREAM);
      expect([status, body]).toEqual(answer);
    }
  });

  it.each([
    [[], 'must be a list of some of webSockets, serverSentEvents, longPolling'],
    [['carrierPigeon'], 'must be a list of some of webSockets, serverSentEvents, longPolling'],
    ['webSockets', 'must be a list of some of webSockets, serverSentEvents, longPolling'],
  ])('cannot be one of %j', async (transports, message) => {
    await expect(run({ transports } as never)).rejects.toThrow(`createHubServer: option 'transports' ${message}`);
  });
});

describe('the user of a connection', () => {
  function runForUsers(): Promise<RunningHub<undefined>> {
    return hubs.run(defineHub({}), {
      clock: new FakeClock(),
      authenticate: ({ headers: { authorization } }) => ({ principal: undefined, userId: authorization }),
    });
  }
  const ann = { authorization: 'ann' };
  const refused = { status: 403, body: 'The connection belongs to another user.' };

  it.each([
    ['bob', { authorization: 'bob' }],
    ['nobody', {}],
  ])('cannot become %s while it polls', async (_, other) => {
    const { url } = await runForUsers();
    const peer = await HttpPeer.longPolling(url, ann);
    const thief = peer.as(other);
    expect(await thief.poll()).toMatchObject(refused);
    expect(await thief.post('{"type":7}')).toMatchObject(refused);
    expect(await thief.ask('DELETE')).toMatchObject(refused);
    expect(await thief.ask('GET', '', EVENT_STREAM)).toMatchObject(refused);
    expect((await peer.ask('DELETE')).status).toBe(202);
  });

  it('cannot become another one between negotiation and the first request', async () => {
    const { url } = await runForUsers();
    const peer = await HttpPeer.negotiate(url, ann);
    expect(await upgrade(peer.as({ authorization: 'bob' }))).toEqual([403, refused.body]);
    expect(await upgrade(peer.as({}))).toEqual([403, refused.body]);
    expect(await upgrade(peer)).toEqual([101, '']);
    const anonymous = await HttpPeer.negotiate(url);
    expect(await anonymous.as(ann).poll()).toMatchObject(refused);
  });
});
