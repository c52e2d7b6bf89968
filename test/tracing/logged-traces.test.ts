import { once } from 'node:events';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { HeaderTracing } from '../../src/tracing/header-tracing';
import { openTracing } from '../../src/tracing/open-tracing';
import { TestHub, token } from '../support/test-hub';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const FIELDS = { traceId: TRACE, spanId: SPAN };

/** The first line of the log with this message, now or later. */
async function line(hub: TestHub, msg: string): Promise<Record<string, unknown>> {
  await hub.logged(`"msg":"${msg}"`);
  const text = hub
    .log()
    .split('\n')
    .find((entry) => entry.includes(`"msg":"${msg}"`));
  return JSON.parse(text!) as Record<string, unknown>;
}

/** A WebSocket at the hub, once it is open or refused. */
async function socketTo(hub: TestHub, query: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/hub${query}`, { headers });
  // An upgrade that is refused is an error of the client.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
  return socket;
}

async function answerTo(socket: WebSocket, message: object): Promise<unknown> {
  socket.send(`${JSON.stringify(message)}\u001e`);
  const [data] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(String(data).split('\u001e')[0]!) as unknown;
}

describe('the log', () => {
  it('names the trace that a request brings', async () => {
    const hub = await TestHub.start();
    await hub.read('/topics', { traceparent: TRACEPARENT, tracestate: 'vendor=x' });
    expect(await line(hub, 'request')).toMatchObject({ path: '/topics', ...FIELDS });
  });

  it.each(['nonsense', `00-${TRACE.toUpperCase()}-${SPAN}-01`, `00-${'0'.repeat(32)}-${SPAN}-01`])(
    'says nothing of a trace that is none, and the request is answered: %s',
    async (traceparent) => {
      const hub = await TestHub.start();
      await hub.read('/topics', { traceparent });
      expect(await line(hub, 'request')).not.toHaveProperty('traceId');
    },
  );

  it('names it in the line of a refused upgrade', async () => {
    const hub = await TestHub.start();
    await socketTo(hub, '?access_token=nonsense', { traceparent: TRACEPARENT });
    expect(await line(hub, 'upgrade refused')).toMatchObject({ status: 401, ...FIELDS });
  });

  it('names that of a connection, and that of an invocation in a line of its own', async () => {
    const hub = await TestHub.start();
    const socket = await socketTo(hub, `?access_token=${token('admin')}`, { traceparent: TRACEPARENT });
    await answerTo(socket, { protocol: 'json', version: 1 });
    expect(await line(hub, 'hub connection')).toMatchObject(FIELDS);
    const call = { type: 1, target: 'createstream', arguments: ['cars', { name: 'x' }] };
    await answerTo(socket, { ...call, invocationId: '1' });
    await answerTo(socket, { ...call, invocationId: '2', headers: { traceparent: 'none' } });
    const other = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
    await answerTo(socket, { ...call, invocationId: '3', headers: { traceparent: other } });
    const fields = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    expect(await line(hub, 'invocation')).toMatchObject({ method: 'CreateStream', status: 'completed', ...fields });
    expect(hub.log().split('"msg":"invocation"')).toHaveLength(2);
    socket.close();
  });
});

describe('a token in the query', () => {
  const SECRETS = ['access_token', 'token'];

  it.each([
    ['a route that takes it', (hub: TestHub, query: string) => fetch(`${hub.url}/topics/cars/events?${query}`)],
    [
      'the Events API',
      (hub: TestHub, query: string) => fetch(`${hub.url}/v0/events?name=t&${query}`, { method: 'POST' }),
    ],
    ['no route', (hub: TestHub, query: string) => fetch(`${hub.url}/nowhere?${query}`)],
    ['a path that is not decoded', (hub: TestHub, query: string) => fetch(`${hub.url}/topics/%FF?${query}`)],
    ['the absolute form', (hub: TestHub, query: string) => fetch(`${hub.url}/http://x/?${query}`)],
    ['negotiation', (hub: TestHub, query: string) => fetch(`${hub.url}/hub/negotiate?${query}`, { method: 'POST' })],
    [
      'Server-Sent Events',
      (hub: TestHub, query: string) =>
        fetch(`${hub.url}/hub?id=x&${query}`, { headers: { accept: 'text/event-stream' } }),
    ],
    ['a long poll', (hub: TestHub, query: string) => fetch(`${hub.url}/hub?id=x&${query}`)],
    ['a WebSocket', (hub: TestHub, query: string) => socketTo(hub, `?${query}`, {})],
    ['a WebSocket elsewhere', (hub: TestHub, query: string) => socketTo(hub, `/nowhere?${query}`, {})],
  ] as const)('is never logged: %s', async (_, send) => {
    const hub = await TestHub.start();
    const secrets = [token('admin'), 'nonsense-a7f3', `${token('admin')}x`];
    for (const secret of secrets) {
      for (const name of SECRETS) {
        const answer = await send(hub, `${name}=${secret}`);
        if (answer instanceof WebSocket) answer.terminate();
        else await answer.body?.cancel();
      }
    }
    await hub.read('/healthz');
    await hub.logged('"path":"/healthz"');
    for (const secret of secrets) expect(hub.log()).not.toContain(secret);
  });
});

describe('openTracing', () => {
  it('looks at headers alone where no SDK was registered', () => {
    expect(openTracing('1.0.0', pino({ level: 'silent' }))).toBeInstanceOf(HeaderTracing);
  });
});
