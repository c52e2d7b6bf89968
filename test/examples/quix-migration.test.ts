import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningScript, runScript } from './support/script';
import { TestHub, token } from '../support/test-hub';

const FOLDER = 'examples/quix-migration';

/** A script of the folder, with a server's address and a token in its environment. */
function script(hub: TestHub, name: string, env: Record<string, string> = {}): RunningScript {
  return runScript(process.execPath, [`${FOLDER}/${name}`], {
    ...{ WRITER_HUB_URL: hub.url, TOKEN: token('create', 'read:*') },
    ...env,
  });
}

const start = (): Promise<TestHub> => TestHub.start({ shutdownTimeout: 200 });

/** Active streams and metrics are those of a topic that there is. */
async function startWithTopic(): Promise<TestHub> {
  const hub = await start();
  expect((await hub.post('/topics/cars/streams', {})).status).toBe(200);
  return hub;
}

describe('examples/quix-migration', () => {
  it('writes over HTTP, and reads back what it has sent', async () => {
    const { code, stdout, stderr } = await script(await start(), 'write-http.js').outcome();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^summed up .*"max":\[121\.25\]/m);
    expect(stdout).toMatch(/\nall that was sent is there\n$/);
    expect(code).toBe(0);
  });

  it('writes over the hub what its reader waits for', async () => {
    const hub = await startWithTopic();
    const reader = script(hub, 'read.js');
    await reader.printed(/^subscribed$/m);
    const writer = await script(hub, 'write.js').outcome();
    expect({ ...writer, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: expect.any(String) as string });
    const { code, stdout } = await reader.outcome();
    expect(stdout).toMatch(/^ParameterDataReceived .*"numericValues":\{"Speed":\[120\.5,121\.25,null\]/m);
    expect(stdout).toContain('everything has come\n');
    expect(code).toBe(0);
  });

  it.each(['write.js', 'write-http.js', 'read.js'])('%s says that it may not, and ends', async (name) => {
    const { code, stderr } = await script(await start(), name, { TOKEN: token('read:none') }).outcome();
    expect(stderr).toMatch(/failed: .*forbidden/);
    expect(code).toBe(1);
  });

  it('a reader for which nothing comes says what is missing', async () => {
    const hub = await startWithTopic();
    const { code, stderr } = await script(hub, 'read.js', { TIMEOUT_SECONDS: '1' }).outcome();
    expect(stderr).toContain('failed: 1 s are over');
    expect(stderr).toContain('ParameterDataReceived');
    expect(code).toBe(1);
  });

  it.each(['WRITER_HUB_URL', 'TOKEN'])('names %s where it is missing', async (name) => {
    const { code, stderr } = await script(await start(), 'write.js', { [name]: '' }).outcome();
    expect(stderr).toBe(`${name} is not set: see README.md\n`);
    expect(code).toBe(2);
  });

  it('runs as its README is pasted', async () => {
    const hub = await start();
    const page = readFileSync(join(__dirname, '../..', FOLDER, 'README.md'), 'utf8');
    const [, block = ''] = /```sh\n(npm ci .*?)```/s.exec(page) ?? [];
    // The server is here already.
    const pasted = block
      .replace('npm ci && npm run build && npm start &\n', '')
      .replace(/\$\(npx .*\)/, token('create', 'read:*'))
      .replaceAll('http://127.0.0.1:8080', hub.url)
      .replaceAll('read.log', '"$LOG"');
    const log = join(hub.hub.dataDir, 'read.log');
    const { code, stdout } = await runScript('bash', ['-e', '-c', pasted], { LOG: log }).outcome();
    expect(stdout).toContain('{"status":"ready"}');
    expect(stdout).toContain('everything has come\n');
    expect(code).toBe(0);
  });
});
