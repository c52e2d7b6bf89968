import type { IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { toNetworks, TrustedProxies, type ForwardedRequest } from '../../src/http/trusted-proxies';
import { TestHub, token } from '../support/test-hub';

const PROXIES = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'loopback'];

function requestFrom(remoteAddress: string | undefined, headers: IncomingHttpHeaders): ForwardedRequest {
  return { headers, socket: Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }) };
}

describe('the client of a request', () => {
  const proxies = new TrustedProxies(PROXIES);

  it.each([
    ['from nobody in between', '203.0.113.9', {}, '203.0.113.9'],
    ['from a peer that is not trusted', '203.0.113.9', { 'x-forwarded-for': '198.51.100.1' }, '203.0.113.9'],
    ['through a proxy', '10.1.2.3', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
    ['through a proxy by its mapped address', '::ffff:10.1.2.3', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
    ['through two proxies', '10.1.2.3', { 'x-forwarded-for': '198.51.100.1, 192.0.2.7' }, '198.51.100.1'],
    ['that lies', '10.1.2.3', { 'x-forwarded-for': '1.1.1.1, 198.51.100.1' }, '198.51.100.1'],
    ['that claims to be a proxy', '10.1.2.3', { 'x-forwarded-for': '1.1.1.1, 10.9.9.9, 198.51.100.1' }, '198.51.100.1'],
    ['with a port', '10.1.2.3', { 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
    ['of IPv6 with a port', '2001:db8::1', { 'x-forwarded-for': '[2001:db9::5]:4711' }, '2001:db9::5'],
    ['that is hidden', '10.1.2.3', { 'x-forwarded-for': 'unknown' }, '10.1.2.3'],
    ['behind what is no address', '10.1.2.3', { 'x-forwarded-for': '198.51.100.1, <script>' }, '10.1.2.3'],
    ['of the proxy itself', '10.1.2.3', {}, '10.1.2.3'],
    ['by RFC 7239', '10.1.2.3', { forwarded: 'for=198.51.100.1;proto=https' }, '198.51.100.1'],
    ['by RFC 7239 in IPv6', '10.1.2.3', { forwarded: 'For="[2001:db9::5]:47"' }, '2001:db9::5'],
    [
      'by RFC 7239 with a lie',
      '127.0.0.1',
      { forwarded: 'for=1.1.1.1, for=198.51.100.1, for=10.0.0.1' },
      '198.51.100.1',
    ],
    ['by RFC 7239 with a comma in quotes', '10.1.2.3', { forwarded: 'for="a,b", for=198.51.100.1' }, '198.51.100.1'],
    ['by RFC 7239, hidden', '10.1.2.3', { forwarded: 'for=_gazonk' }, '10.1.2.3'],
    [
      'by both, of which only one is the proxy’s',
      '10.1.2.3',
      { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=1.1.1.1' },
      '198.51.100.1',
    ],
    ['whose socket is closed', undefined, { 'x-forwarded-for': '1.1.1.1' }, undefined],
  ])('is known %s', (_, peer, headers, expected) => {
    expect(proxies.clientOf(requestFrom(peer, headers))).toBe(expected);
  });

  it('is its peer when no proxy is trusted', () => {
    const request = requestFrom('127.0.0.1', { 'x-forwarded-for': '198.51.100.1' });
    expect(new TrustedProxies([]).clientOf(request)).toBe('127.0.0.1');
  });

  it('is remembered for its connection', () => {
    const request = requestFrom('10.1.2.3', { 'x-forwarded-for': '198.51.100.1' });
    expect(proxies.clientBehind(request.socket)).toBe('10.1.2.3');
    proxies.clientOf(request);
    expect(proxies.clientBehind(request.socket)).toBe('198.51.100.1');
  });
});

describe('the public address', () => {
  const proxies = new TrustedProxies(PROXIES);

  it.each([
    [
      'from a proxy',
      '10.1.2.3',
      { host: 'a:80', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hub.example' },
      'https://hub.example',
    ],
    [
      'with a prefix',
      '10.1.2.3',
      { host: 'hub.example', 'x-forwarded-prefix': '/writer/hub/' },
      'http://hub.example/writer/hub',
    ],
    [
      'by RFC 7239',
      '10.1.2.3',
      { host: 'a', forwarded: 'for=1.2.3.4;proto=https;host="hub.example:8443"' },
      'https://hub.example:8443',
    ],
    [
      'through two proxies',
      '10.1.2.3',
      { host: 'a', 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'hub.example, inner' },
      'https://hub.example',
    ],
    [
      'from somebody else',
      '203.0.113.9',
      { host: 'a', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', 'x-forwarded-prefix': '/x' },
      'http://a',
    ],
    [
      'of which nothing is valid',
      '10.1.2.3',
      { host: 'a', 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a/b?', 'x-forwarded-prefix': '//evil' },
      'http://a',
    ],
  ])('is known %s', (_, peer, headers, expected) => {
    const { scheme, host, prefix } = proxies.publicAddress(requestFrom(peer, headers));
    expect(`${scheme}://${host}${prefix}`).toBe(expected);
  });
});

describe('a list of proxies', () => {
  it.each(['10.0.0.0/33', '10.0.0', 'proxy.example', '10.0.0.0/8/8', '::1/129', '10.0.0.0/', 'all', '*'])(
    'has no %s',
    (entry) => {
      expect(() => toNetworks([entry])).toThrow(`${JSON.stringify(entry)}, which is no address`);
    },
  );
});

describe('a server behind a proxy', () => {
  const FORWARDED = {
    'x-forwarded-for': '198.51.100.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'hub.example',
    'x-forwarded-prefix': '/writer',
  };

  it('logs the address of the client, of requests and of hub connections', async () => {
    const hub = await TestHub.start({ trustedProxies: ['loopback'] });
    await hub.fetch('/topics', { headers: FORWARDED });
    await hub.logged('"path":"/topics"');
    expect(hub.log()).toMatch(/"path":"\/topics","status":200,"milliseconds":[\d.]+,"remote":"198\.51\.100\.1"/);
    await hub.connect(token('admin'), { headers: FORWARDED });
    await hub.logged('"hub connection"');
    expect(hub.log()).toMatch(/"remote":"198\.51\.100\.1","msg":"hub connection"/);
  });

  it('puts the public address into links', async () => {
    const hub = await TestHub.start({ trustedProxies: ['127.0.0.1'] });
    const refused = (await (await fetch(`${hub.url}/v0/sql`, { headers: FORWARDED })).json()) as Record<string, string>;
    expect(refused['documentation']).toBe('https://hub.example/writer/docs/events-api#unauthenticated');
    const info: unknown = await (await fetch(`${hub.url}/`, { headers: FORWARDED })).json();
    expect(info).toMatchObject({ hub: '/writer/hub', topics: '/writer/topics' });
  });

  it('believes nobody when none is trusted', async () => {
    const hub = await TestHub.start();
    await hub.fetch('/topics', { headers: FORWARDED });
    await hub.logged('"path":"/topics"');
    expect(hub.log()).toMatch(/"remote":"127\.0\.0\.1"/);
    const refused = (await (await fetch(`${hub.url}/v0/sql`, { headers: FORWARDED })).json()) as Record<string, string>;
    expect(refused['documentation']).toBe(`${hub.url}/docs/events-api#unauthenticated`);
  });
});
