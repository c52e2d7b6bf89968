import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestHub, token } from './support/test-hub';

const CERT = join(__dirname, 'fixtures/localhost-cert.pem');
const KEY = join(__dirname, 'fixtures/localhost-key.pem');
const EVENTS = '/topics/cars/streams/car-1/events/data';

/** Runs a script as somebody else's program would run, trusting the server's certificate. */
async function runScript(script: string): Promise<string> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: CERT };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: join(__dirname, '..'), env });
  return stdout;
}

/** Posts one bare object, in chunks and without a length, as a script does that just writes and ends. */
const httpsScript = (port: string, bearer: string) => `
  const https = require('https');
  const event = { id: 'Alert', timestamp: 1618133869000000000, tags: { capacity: 'over' }, value: 'Help' };
  const headers = { Authorization: 'Bearer ${bearer}', 'Content-Type': 'application/json' };
  const request = https.request({ hostname: 'localhost', port: ${port}, path: '${EVENTS}', method: 'POST', headers });
  request.on('response', (response) => console.log(response.statusCode));
  request.write(JSON.stringify(event));
  request.end();`;

/** Awaits one invocation with a timestamp that went through a JavaScript number. */
const signalrScript = (url: string, bearer: string) => `
  const signalR = require('@microsoft/signalr');
  const connection = new signalR.HubConnectionBuilder().withUrl('${url}/hub', { accessTokenFactory: () => '${bearer}' }).build();
  connection.start().then(async () => {
    const events = [{ timestamp: Date.now() * 1000000, tags: { capacity: 'over' }, id: 'Alert', value: 'Successful sample run' }];
    await connection.invoke('SendEventData', 'cars', 'car-1', events);
    console.log('Sent event data', events[0].timestamp);
    await connection.stop();
  });`;

describe('scripts that know nothing but the documented calls', () => {
  it('post over https', async () => {
    // The script never reads its answer, so it ends when the server closes the connection.
    const hub = await TestHub.start({ tlsCertFile: CERT, tlsKeyFile: KEY, idleTimeout: 1000 });
    const { port, protocol } = new URL(hub.url);
    expect(protocol).toBe('https:');
    expect(await runScript(httpsScript(port, token('admin')))).toBe('200\n');
    const stored = await runScript(
      `fetch('https://localhost:${port}${EVENTS}', { headers: { authorization: 'Bearer ${token('admin')}' } }).then(async (answer) => console.log(await answer.text()))`,
    );
    expect(stored).toContain('"timestamp":1618133869000000000,"id":"Alert","value":"Help","tags":{"capacity":"over"}');
  });

  it.each([
    ['http', {}],
    ['https', { tlsCertFile: CERT, tlsKeyFile: KEY }],
  ])('send with the stock client over %s', async (_, settings) => {
    const hub = await TestHub.start(settings);
    const printed = await runScript(signalrScript(hub.url.replace('127.0.0.1', 'localhost'), token('admin')));
    const timestamp = /Sent event data (\d+)/.exec(printed)?.[1];
    expect(timestamp).toMatch(/^\d{19}$/);
    if (hub.url.startsWith('http:')) expect(await hub.read(EVENTS)).toContain(`"timestamp":${String(timestamp)},`);
  });
});
