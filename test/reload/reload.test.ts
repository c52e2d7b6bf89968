import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { join } from 'node:path';
import { ConfigError, type OptionName, type OptionSpec, options } from '../../src/config';
import { openSocket } from '../http/support/open-socket';
import { Live } from '../http/support/live';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';
import { CALLING } from './support/calling-cases';
import { event, eventsOf, metric, reload } from './support/reload-case';
import { STORING } from './support/storing-cases';

const FIXTURES = join(__dirname, '../fixtures');
/** Those that have a test below. */
const HERE = ['logLevel', 'shutdownTimeout', 'tlsCertFile', 'tlsKeyFile'];

it('has a test for every option that is said to be reloadable', () => {
  const said = Object.entries<OptionSpec<unknown>>(options).filter(([, { reload: isSaid }]) => isSaid === true);
  const tested = [...HERE, ...Object.keys(STORING), ...Object.keys(CALLING)];
  expect(tested.toSorted()).toEqual(said.map(([name]) => name).toSorted());
});

describe('WriterHub.reload', () => {
  it('takes another log level, for the part of the SignalR server too', async () => {
    const hub = await TestHub.start();
    reload(hub, { logLevel: 'error' });
    const before = hub.log().length;
    await hub.connect();
    await hub.read('/topics');
    expect(hub.log().slice(before)).toBe('');
    reload(hub, { logLevel: 'debug' });
    expect(hub.log()).toContain('"changed":["log-level"]');
    await hub.connect();
    expect(hub.log()).toContain('"part":"signalr"');
  });

  it('takes another time for stopping', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 600_000, minDataRate: 0 });
    const socket = await openSocket(hub);
    socket.write(`POST ${eventsOf('cars')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token('admin')}\r\n`);
    socket.write('Content-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n');
    await once(socket, 'data');
    reload(hub, { shutdownTimeout: 1, minDataRate: 0 });
    await hub.close();
  });

  it('takes a certificate that was renewed under the same name, and keeps the old one when it is broken', async () => {
    const directory = temporaryDirectory();
    const [tlsCertFile, tlsKeyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    copyFileSync(join(FIXTURES, 'localhost-cert.pem'), tlsCertFile);
    copyFileSync(join(FIXTURES, 'localhost-key.pem'), tlsKeyFile);
    const tls = { tlsCertFile, tlsKeyFile };
    const hub = await TestHub.start(tls);
    const first = await commonName(hub);
    const subject = ['-subj', '/CN=renewed', '-days', '2'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        ...subject,
        '-keyout',
        tlsKeyFile,
        '-out',
        tlsCertFile,
      ],
      { stdio: 'ignore' },
    );
    expect(reload(hub, tls).result).toBe('success');
    expect([first, await commonName(hub)]).toEqual(['localhost', 'renewed']);
    copyFileSync(join(FIXTURES, 'localhost-key.pem'), tlsKeyFile);
    expect(reload(hub, tls)).toMatchObject({
      result: 'failure',
      error: { message: expect.stringContaining(tlsCertFile) as unknown },
    });
    expect(await commonName(hub)).toBe('renewed');
    expect(readFileSync(tlsCertFile, 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  it('says of options that cannot change, TLS itself among them, that they wait for the next start', async () => {
    const hub = await TestHub.start();
    const files = {
      tlsCertFile: join(FIXTURES, 'localhost-cert.pem'),
      tlsKeyFile: join(FIXTURES, 'localhost-key.pem'),
    };
    const waiting: OptionName[] = ['workThreads', 'workspace', 'tlsCertFile', 'tlsKeyFile'];
    const outcome = reload(hub, { ...files, workThreads: 3, workspace: 'w', maxTags: 5 });
    expect(outcome).toMatchObject({ result: 'success', changed: ['maxTags'] });
    expect(outcome.waiting.toSorted()).toEqual(waiting.toSorted());
    expect(hub.log()).toMatch(/"level":40.*"options":\[.*"workspace".*take effect when the server is started again/);
    // Until then it is said again.
    expect(reload(hub, { workspace: 'w', maxTags: 5 })).toMatchObject({ changed: [], waiting: ['workspace'] });
  });

  it.each([
    [
      'cannot be read',
      () => {
        throw new ConfigError('writer-hub.toml:3: prot is no option');
      },
    ],
    ['has a secret that is too short', () => ({ maxTags: 1, jwtSecret: 'short' })],
    ['contradicts itself', () => ({ maxTags: 1, tlsKeyFile: 'key.pem' })],
  ])('changes nothing when the configuration %s, and says so', async (_, load) => {
    const hub = await TestHub.start();
    const outcome = hub.hub.reload(load);
    expect(outcome).toMatchObject({ result: 'failure', changed: [] });
    const tags = { a: '1', b: '2' };
    expect((await hub.post(eventsOf('cars'), event({ tags }))).status).toBe(200);
    expect(hub.log()).toMatch(/"level":50,.*"reason":"[^"]+.*the old one stays in force/);
    expect(await metric(hub, 'writer_hub_config_reloads_total{result="failure"}')).toBe(1);
    expect(await metric(hub, 'writer_hub_config_last_reload_successful')).toBe(0);
  });

  it('counts, and says when the settings in force were read', async () => {
    const hub = await TestHub.start();
    expect(await metric(hub, 'writer_hub_config_reloads_total{result="success"}')).toBe(0);
    const started = await metric(hub, 'writer_hub_config_last_reload_success_timestamp_seconds');
    expect(Math.abs(started - Date.now() / 1000)).toBeLessThan(300);
    reload(hub, {});
    expect(await metric(hub, 'writer_hub_config_reloads_total{result="success"}')).toBe(1);
    expect(await metric(hub, 'writer_hub_config_last_reload_successful')).toBe(1);
  });

  it('ends what lasts as long as a token when other tokens are good, and lets those come back that still are', async () => {
    const hub = await TestHub.start();
    await hub.post(eventsOf('cars'), event());
    const live = await Live.open(hub, '/topics/cars/events');
    const connection = await hub.connect();
    const closed = new Promise<unknown>((resolve) => {
      connection.onclose(resolve);
    });
    reload(hub, { jwtSecret: 'another secret for tests, of many bytes !!!' });
    expect(String(await closed)).toContain('the rules for tokens have changed');
    expect(await live.end()).toContain('unauthenticated');
    await expect(hub.connect()).rejects.toThrow(/401|Unauthorized/);
    reload(hub, { jwtSecret: SECRET });
    await hub.connect();
  });

  it('lets those go on who use what has not changed', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    reload(hub, { maxTags: 5, corsOrigins: ['https://a.example'], clockTolerance: 0 });
    await connection.invoke('SendEventData', 'cars', 'a', [event()]);
  });
});

/** The common name of the certificate that a new connection is shown. */
async function commonName(hub: TestHub): Promise<unknown> {
  const socket = connectTls({ port: Number(new URL(hub.url).port), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}
