import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { sign } from 'jsonwebtoken';
import { pino } from 'pino';
import { startWriterHub } from '../src/server';
import { SECRET, TestHub, atEnd, bearerOf, temporaryDirectory } from './support/test-hub';

const logger = pino({ level: 'silent' });

describe('startWriterHub', () => {
  it('takes an option that is undefined for one that is not given', async () => {
    const hub = await startWriterHub(
      { host: undefined as unknown as string, port: 0, dataDir: temporaryDirectory() },
      logger,
    );
    atEnd(() => hub.close());
    expect(hub.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it('refuses a certificate without its key', async () => {
    await expect(startWriterHub({ tlsCertFile: 'cert.pem', dataDir: temporaryDirectory() }, logger)).rejects.toThrow(
      'WRITER_HUB_TLS_CERT_FILE and WRITER_HUB_TLS_KEY_FILE go together',
    );
  });

  it('lets go of the data directory when it cannot listen, and starts there later with a first token', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    atEnd(() => {
      taken.close();
    });
    const { port } = taken.address() as AddressInfo;
    const dataDir = temporaryDirectory();
    await expect(startWriterHub({ port, dataDir }, logger)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const hub = await startWriterHub({ port: 0, dataDir }, logger);
    atEnd(() => hub.close());
    expect(hub.developmentToken).toMatch(/^eyJ/);
  });

  it('listens on an IPv6 address, and says its URL', async () => {
    const hub = await TestHub.start({ host: '::1' });
    expect(hub.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await hub.fetch('/healthz')).status).toBe(200);
  });

  it.each([
    ['a minute by default', {}, 200],
    ['no longer than the option says', { clockTolerance: 0 }, 401],
  ])('takes a token after its end for %s', async (_, settings, status) => {
    const hub = await TestHub.start(settings);
    const ended = sign({ scope: 'admin', exp: Math.floor(Date.now() / 1000) - 20 }, SECRET);
    const headers = { authorization: `Bearer ${ended}` };
    expect((await hub.fetch('/topics', { headers })).status).toBe(status);
  });

  it('answers a poll for which there is nothing after the time that the option says', async () => {
    const hub = await TestHub.start({ pollTimeout: 10 });
    const headers = bearerOf('somebody');
    const negotiated = await hub.fetch('/hub/negotiate?negotiateVersion=1', { method: 'POST', headers });
    const { connectionToken } = (await negotiated.json()) as { connectionToken: string };
    const poll = (): Promise<Response> => hub.fetch(`/hub?id=${connectionToken}`, { headers });
    // The first poll says that the transport is open.
    expect(await (await poll()).text()).toBe('');
    const empty = await poll();
    expect([empty.status, await empty.text()]).toEqual([200, '']);
  });
});
