import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type HubConnection, HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { runServers } from '../recipes/support/nginx';
import { atEnd, temporaryDirectory, TestHub, token } from '../support/test-hub';
import { deployText, isHere, ROOT } from './support/here';

/** Node.js has to be started with it as `NODE_EXTRA_CA_CERTS`: nobody else vouches for it. */
const CERTIFICATE = join(ROOT, 'test/fixtures/localhost-cert.pem');
const KEY = join(ROOT, 'test/fixtures/localhost-key.pem');
const EVENTS = '/topics/cars/streams/car-1/events/data';
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;

/** A proxy in front of a hub. */
interface Proxied {
  readonly hub: TestHub;
  /** Of the hub behind the proxy, with the prefix. */
  readonly url: string;
  readonly accessLog: () => string;
}

const start = (): Promise<TestHub> => TestHub.start({ trustedProxies: ['loopback'] });

async function behindNginx(): Promise<Proxied> {
  const hub = await start();
  const log = join(temporaryDirectory(), 'access.log');
  const text = deployText('nginx/writer-hub.conf')
    .replace('http://127.0.0.1:8080/', `${hub.url}/`)
    .replace('/etc/letsencrypt/live/hub.example.com/fullchain.pem', CERTIFICATE)
    .replace('/etc/letsencrypt/live/hub.example.com/privkey.pem', KEY)
    .replace('/var/log/nginx/writer-hub.log', log);
  const servers = (socket: string) =>
    `${deployText('nginx/writer-hub-map.conf')} ${text.replace('listen 443', `listen ${socket}`).replace('listen 80;', `listen ${socket}.plain;`)}`;
  return { hub, url: `https://localhost:${await runServers(servers)}/hub`, accessLog: () => readFileSync(log, 'utf8') };
}

async function behindCaddy(): Promise<Proxied> {
  const hub = await start();
  const folder = temporaryDirectory();
  const port = await freePort();
  const log = join(folder, 'access.log');
  const text = deployText('caddy/Caddyfile')
    .replace('hub.example.com {', `https://localhost:${port} {\n\ttls ${CERTIFICATE} ${KEY}`)
    .replace('\tlog {', `\tlog {\n\t\toutput file ${log}`)
    .replace('127.0.0.1:8080', new URL(hub.url).host);
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${text}`);
  mkdirSync(join(folder, 'home'));
  const caddy = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], {
    env: { PATH: process.env['PATH'], HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  atEnd(async () => {
    caddy.kill('SIGKILL');
    await once(caddy, 'exit');
  });
  const url = `https://localhost:${port}/hub`;
  for (let up = false; !up;) {
    if (caddy.exitCode !== null) throw new Error(`caddy has ended: ${String(caddy.stderr.read())}`);
    up = await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    );
  }
  return { hub, url, accessLog: () => readFileSync(log, 'utf8') };
}

const PROXIES = [
  ['nginx', behindNginx, isHere('nginx', '-v')],
  ['caddy', behindCaddy, isHere('caddy', 'version')],
] as const;

describe.each(PROXIES.filter(([, , here]) => here))('behind %s, with TLS and a prefix', (_, startProxy) => {
  it('the hub is served over every transport, and no token gets into the log', async () => {
    const { url, accessLog } = await startProxy();
    const bearer = token('admin');
    for (const transport of TRANSPORTS) {
      const connection = await connect(`${url}/hub`, transport, bearer);
      await connection.invoke('SendEventData', 'cars', 'car-1', [{ id: transport, timestamp: 1 }]);
      await connection.stop();
    }
    const response = await fetch(`${url}${EVENTS}`, { headers: { authorization: `Bearer ${bearer}` } });
    const { events } = (await response.json()) as { events: { id: string }[] };
    expect(events.map(({ id }) => id)).toEqual([...TRANSPORTS]);
    await logged(accessLog, 3);
    expect(accessLog()).not.toContain(bearer.slice(0, 40));
  });

  it('live events arrive one by one, without being held back', async () => {
    const { hub, url } = await startProxy();
    await hub.post(EVENTS, { id: 'first', timestamp: 1 });
    const headers = { authorization: `Bearer ${token('admin')}`, accept: 'text/event-stream' };
    const live = await fetch(`${url}/topics/cars/events?from=earliest`, { headers });
    const reader = live.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (const id of ['first', 'second', 'third']) {
      if (id !== 'first') await hub.post(EVENTS, { id, timestamp: 1 });
      while (!text.includes(id)) text += (await reader.read()).value ?? '';
    }
    await reader.cancel();
  });

  it('the server knows the address that its clients use, and refuses what is too large itself', async () => {
    const { url } = await startProxy();
    const headers = { authorization: `Bearer ${token('admin')}`, 'content-type': 'application/json' };
    const page = await fetch(`${url}/v0/events?name=none`, { method: 'POST', headers, body: '{' });
    expect(await page.text()).toContain(`${new URL(url).origin}/hub/`);
    const large = await fetch(`${url}${EVENTS}`, { method: 'POST', headers, body: 'x'.repeat(11_000_000) });
    expect([large.status, await large.text()]).toEqual([413, expect.stringContaining('message_too_large')]);
  });
});

async function connect(url: string, transport: (typeof TRANSPORTS)[number], bearer: string): Promise<HubConnection> {
  const connection = new HubConnectionBuilder()
    .withUrl(url, { transport: HttpTransportType[transport], accessTokenFactory: () => bearer })
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  return connection;
}

/** Resolves once the log has lines. */
async function logged(log: () => string, lines: number): Promise<void> {
  while (log().split('\n').length <= lines) await new Promise((resolve) => setImmediate(resolve));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
