import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { startWriterHub } from '../src/server';
import { atEnd, temporaryDirectory } from './support/test-hub';

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
      '--tls-cert-file and --tls-key-file go together',
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
});
