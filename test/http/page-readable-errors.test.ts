import { once } from 'node:events';
import { connect } from 'node:net';
import { SharedHub } from '../support/shared-hub';
import { atEnd, TestHub, token } from '../support/test-hub';

const shared = new SharedHub({ maxMessageBytes: 4096 });
const listed = new SharedHub({ corsOrigins: ['https://other.example'] });

const PAGE = 'https://app.example';

/** What is answered to bytes that may be no HTTP, headers and body. */
async function answerTo(hub: TestHub, ...parts: string[]): Promise<string> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  atEnd(() => {
    socket.destroy();
  });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  for (const part of parts) await new Promise((resolve) => socket.write(part, resolve));
  await once(socket, 'close');
  return text;
}

const TOO_LONG = `GET /topics HTTP/1.1\r\nHost: h\r\nOrigin: ${PAGE}\r\nAuthorization: Bearer ${'x'.repeat(40_000)}\r\n\r\n`;

describe('an answer that a page provokes', () => {
  it.each([
    ['400', { method: 'GET', path: '/topics?limti=1' }],
    ['401', { method: 'GET', path: '/topics', bearer: 'nonsense' }],
    ['403', { method: 'GET', path: '/topics/cars/events/data', bearer: token('append:x') }],
    ['404', { method: 'GET', path: '/nothing' }],
    ['405', { method: 'PUT', path: '/topics' }],
    ['405', { method: 'PUT', path: '/hub/negotiate' }],
    ['413', { method: 'POST', path: '/topics/cars/streams/a/events/data', body: `[${' '.repeat(5000)}]` }],
    ['415', { method: 'POST', path: '/topics/cars/streams/a/events/data', body: '[]', type: 'text/plain' }],
  ])('can be read by it: %s', async (status, { method, path, ...rest }) => {
    const hub = await shared.hub();
    const { bearer = token('admin'), body, type = 'application/json' } = rest as Record<string, string | undefined>;
    const headers = { origin: PAGE, authorization: `Bearer ${bearer}`, 'content-type': type };
    const response = await fetch(`${hub.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
    expect(String(response.status)).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    const exposed = response.headers.get('access-control-expose-headers') ?? '';
    for (const name of ['WWW-Authenticate', 'Retry-After', 'Writer-Hub-Warning', 'X-Request-Id']) {
      expect(exposed.split(',')).toContain(name);
    }
  });

  it('can be read by it: 429, which says when to come back', async () => {
    const hub = await TestHub.start({ maxTokenRequestRate: 1 });
    const headers = { origin: PAGE, authorization: `Bearer ${token('admin')}` };
    let response = await hub.fetch('/v0/events?name=a', { method: 'POST', body: '{"a":1}', headers });
    while (response.status !== 429) {
      response = await hub.fetch('/v0/events?name=a', { method: 'POST', body: '{"a":1}', headers });
    }
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['431', TOO_LONG],
    ['400', `GET /t\u00fcr HTTP/1.1\r\nHost: h\r\nOrigin: ${PAGE}\r\n\r\n`],
    ['400', `GET /topics HTTP/1.1\r\nOrigin: ${PAGE}\r\nbad header\r\n\r\n`],
  ])('can be read by it though the request could not be: %s', async (status, request) => {
    const hub = await shared.hub();
    const answer = await answerTo(hub, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`\r\nAccess-Control-Allow-Origin: ${PAGE}\r\n`);
    expect(answer).toContain('\r\nVary: Origin\r\n');
  });

  it('can be read by it when its origin was only in the request before', async () => {
    const hub = await shared.hub();
    const first = `GET /healthz HTTP/1.1\r\nHost: h\r\nOrigin: ${PAGE}\r\n\r\n`;
    const answer = await answerTo(hub, first, TOO_LONG.replace(`Origin: ${PAGE}\r\n`, ''));
    expect(answer).toContain('HTTP/1.1 431 ');
    expect(answer.slice(answer.indexOf('431'))).toContain(`\r\nAccess-Control-Allow-Origin: ${PAGE}\r\n`);
  });

  it('can be read by any page when its origin is not known', async () => {
    const hub = await shared.hub();
    expect(await answerTo(hub, TOO_LONG.replace(/Origin.*\r\n/, ''))).toContain('Access-Control-Allow-Origin: *\r\n');
  });

  it.each([
    ['is not listed', TOO_LONG],
    ['is not known', TOO_LONG.replace(/Origin.*\r\n/, '')],
    ['tries to set a header', TOO_LONG.replace(PAGE, `${PAGE}\\r\\nX: y`)],
  ])('cannot be read with a list of origins by one that %s', async (_, request) => {
    const hub = await listed.hub();
    const answer = await answerTo(hub, request);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(answer).not.toContain('Access-Control');
  });

  it('can be read with a list of origins by one that is listed', async () => {
    const hub = await TestHub.start({ corsOrigins: [PAGE] });
    expect(await answerTo(hub, TOO_LONG)).toContain(`Access-Control-Allow-Origin: ${PAGE}\r\n`);
  });
});
