import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { SharedHub } from '../support/shared-hub';
import { TestHub, token } from '../support/test-hub';

const shared = new SharedHub();
const listed = new SharedHub({ corsOrigins: ['https://good.example'] });

const EVENTS = '/topics/cars/streams/car-1/events/data';

function preflight(
  hub: TestHub,
  path: string,
  origin: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${hub.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-requested-with,x-signalr-user-agent',
      ...headers,
    },
  });
}

describe('pages of other origins', () => {
  it.each([EVENTS, '/topics/cars/streams', '/hub/negotiate?negotiateVersion=1'])(
    'may call %s: the preflight echoes the origin',
    async (path) => {
      const hub = await shared.hub();
      const response = await preflight(hub, path, 'https://fiddle.example');
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('https://fiddle.example');
      expect(response.headers.get('access-control-allow-credentials')).toBe('true');
      expect(response.headers.get('access-control-allow-headers')).toBe(
        'authorization,content-type,x-requested-with,x-signalr-user-agent',
      );
      expect(response.headers.get('vary')).toContain('Origin');
    },
  );

  it('may post rows, with an idempotency key, and read when to come back', async () => {
    const hub = await shared.hub();
    const response = await preflight(hub, '/v0/events?name=a', 'https://shop.example', {
      'access-control-request-headers': 'content-type,idempotency-key',
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type,idempotency-key');
    const answer = await hub.post('/v0/events?name=a', '{"n":1}', { origin: 'https://shop.example' });
    const exposed = answer.headers.get('access-control-expose-headers')?.split(',');
    expect(exposed).toEqual(
      expect.arrayContaining(['Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']),
    );
  });

  it('may reach a hub on a private network from a public page', async () => {
    const hub = await shared.hub();
    const response = await preflight(hub, EVENTS, 'https://fiddle.example', {
      'access-control-request-private-network': 'true',
    });
    expect(response.headers.get('access-control-allow-private-network')).toBe('true');
  });

  it('can read answers and errors alike', async () => {
    const hub = await shared.hub();
    for (const authorization of [`Bearer ${token('admin')}`, 'Bearer wrong']) {
      const response = await hub.post(EVENTS, [], { origin: 'https://fiddle.example', authorization });
      expect(response.headers.get('access-control-allow-origin')).toBe('https://fiddle.example');
    }
  });

  it('may call when the list says any', async () => {
    const hub = await TestHub.start({ corsOrigins: ['*'] });
    expect((await preflight(hub, EVENTS, 'https://any.example')).status).toBe(204);
  });

  it('are refused when an allow-list leaves them out, over HTTP and at the hub', async () => {
    const hub = await listed.hub();
    expect((await preflight(hub, EVENTS, 'https://good.example')).status).toBe(204);
    for (const response of [
      await preflight(hub, EVENTS, 'https://bad.example'),
      await hub.post(EVENTS, [], { origin: 'https://bad.example' }),
      await hub.fetch('/hub/negotiate?negotiateVersion=1', {
        method: 'POST',
        headers: { origin: 'https://bad.example' },
      }),
    ]) {
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it("the server's own pages may call whatever the allow-list says", async () => {
    const hub = await listed.hub();
    expect((await hub.post(EVENTS, [], { origin: hub.url })).status).toBe(200);
  });

  it.each([
    ['a name that leads here', 'rebound.example', 'http://rebound.example'],
    ['a name that leads here, listed or not', 'rebound.example:8080', 'http://rebound.example:8080'],
    ['an address, but another scheme', '127.0.0.1:8080', 'https://127.0.0.1:8080'],
    ['another port', '127.0.0.1:8080', 'http://127.0.0.1:9090'],
    ['no origin at all', '127.0.0.1:8080', 'null'],
  ])('the host of the request makes no page its own: %s', async (_, host, origin) => {
    const hub = await listed.hub();
    // fetch sets `Host` by itself.
    const sent = request(`${hub.url}/healthz`, { headers: { host, origin } }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  it.each(['localhost:8080', '[::1]:8080', '10.0.0.7', '127.0.0.1:80'])('%s is an own origin', async (host) => {
    const hub = await listed.hub();
    const origin = `http://${host.replace(':80', (port) => (host.endsWith(':80') ? '' : port))}`;
    const sent = request(`${hub.url}/healthz`, { headers: { host, origin } }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(200);
  });
});
