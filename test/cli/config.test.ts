import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, run } from '../support/command';
import { runHere } from '../support/command-here';
import { temporaryDirectory } from '../support/test-hub';

const SECRET = 'a secret for tests, of forty-three bytes !!';

const written = (name: string, text: string): string => {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
};

describe('writer-hub config', () => {
  it('prints the options in force and where each comes from, without secrets', async () => {
    const file = written('f.toml', 'max-tags = 7\nlog-level = "warn"\n');
    const secret = written('secret', `${SECRET}\n`);
    const env = { WRITER_HUB_LOG_LEVEL: 'error', WRITER_HUB_JWT_SECRET_FILE: secret };
    const { code, stdout } = await run(['config', '--config', file, '--port', '81'], env);
    expect(code).toBe(0);
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows).toContainEqual(['port', '81', '--port']);
    expect(rows).toContainEqual(['max-tags', '7', `${file}:1`]);
    expect(rows).toContainEqual(['log-level', 'error', 'WRITER_HUB_LOG_LEVEL']);
    expect(rows).toContainEqual(['jwt-secret', '(set)', `WRITER_HUB_JWT_SECRET_FILE, in ${secret}`]);
    expect(rows).toContainEqual(['max-topics', '10000', 'default']);
    const json = await run(['config', '--json', '--config', file], env);
    expect(`${stdout}${json.stdout}`).not.toContain(SECRET);
    expect(JSON.parse(json.stdout)).toMatchObject({
      file,
      options: {
        'max-tags': { value: 7, kind: 'file', where: `${file}:1`, reload: true },
        'jwt-secret': { value: '(set)', kind: 'environment', secretFile: secret },
      },
    });
  });

  it('says what is wrong with a file, and that nothing is', async () => {
    const bad = await run(['config', '--check', written('bad.toml', '\nprot = 1\n')]);
    expect(bad.code).not.toBe(0);
    expect(bad.stderr).toMatch(/bad\.toml:2: prot is no option; did you mean port\?/);
    const good = await run(['config', '--check', written('good.toml', 'port = 1\n')]);
    expect([good.code, good.stdout]).toEqual([0, expect.stringMatching(/good\.toml can be used: 1 option\n$/)]);
  });
});

describe('writer-hub serve with a configuration file', () => {
  it('does not start with one that is wrong', async () => {
    const { code, stderr } = await run(['serve', '--config', written('f.toml', 'port = "x"\n')]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/f\.toml:1: port is a text/);
  });

  it.each<[what: string, lines: (secret: string) => string, message: string]>([
    ['a secret that is too short', () => 'jwt-secret = "short"', 'f.toml:2: jwt-secret has 5 bytes'],
    [
      'the file of such a secret',
      (secret) => `jwt-secret-file = "${secret}"`,
      'has 5 bytes and needs at least 32; `openssl',
    ],
    [
      'a certificate that is not there',
      () => 'tls-cert-file = "/nowhere/cert"\ntls-key-file = "/nowhere/key"',
      'f.toml:2: tls-cert-file /nowhere/cert cannot be read by uid',
    ],
    [
      'a certificate that is none',
      (secret) => `tls-cert-file = "${secret}"\ntls-key-file = "${secret}"`,
      'f.toml:2: tls-cert-file /',
    ],
    [
      'a certificate without its key',
      (secret) => `tls-cert-file = "${secret}"`,
      'f.toml:2: tls-cert-file and tls-key-file go together: give both or neither',
    ],
    ['a store without its brokers', () => 'store = "kafka"', 'f.toml:2: store needs kafka-brokers'],
    [
      'metrics at the port of all else',
      () => 'port = 80\nmetrics-port = 80',
      'f.toml:3: metrics-port is 80, as port is: each needs one of its own',
    ],
  ])('says before anything else that it has %s, and makes nothing; --check finds it', async (_, lines, message) => {
    const dataDir = join(temporaryDirectory(), 'data');
    const file = written('f.toml', `data-dir = "${dataDir}"\n${lines(written('secret', 'short\n'))}\n`);
    for (const outcome of [run(['serve', '--config', file]), runHere(['config', '--check', file])]) {
      const { code, stdout, stderr } = await outcome;
      expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
      expect(stderr).toContain(message);
      expect(stderr).toMatch(/^writer-hub: .*f\.toml:\d+: /);
    }
    expect(existsSync(dataDir)).toBe(false);
  });

  it('makes nothing in a data directory whose secret cannot be used', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, 'secret'), 'short');
    const { code, stderr } = await run(['serve', '--port', '0', '--data-dir', dataDir]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('secret holds 5 bytes and a secret needs at least 32')]);
    expect(readdirSync(dataDir)).toEqual(['secret']);
  });

  it('reads it again on SIGHUP and when it changes, and keeps its settings when it is wrong', async () => {
    const file = written('f.toml', 'max-tags = 5\n');
    const server = new Command(['serve', '--port', '0', '--data-dir', temporaryDirectory(), '--config', file]);
    const [, url = ''] = await server.printed(/listens on (http:\S+)/);
    expect(server.stderr).toContain(`"file":"${file}"`);
    server.kill('SIGHUP');
    await server.noted(/"signal":"SIGHUP".*\n.*"changed":\[\]/);
    writeFileSync(`${file}~`, 'max-tags = 6\nworkspace = "w"\n');
    renameSync(`${file}~`, file);
    await server.noted(/"changed":\["max-tags"\].*\n.*"options":\["workspace"\]/);
    writeFileSync(file, 'max-tags = "many"\n');
    await server.noted(/"level":50.*f\.toml:1: max-tags is a text.*the old one stays in force/);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/config_reloads_total\{result="failure"\} 1/);
    server.kill('SIGTERM');
    expect((await server.outcome()).code).toBe(0);
  });
});

describe('other commands', () => {
  it('make tokens with the secret that the configuration file names', async () => {
    const secret = written('secret', `${SECRET}\n`);
    const file = written('f.toml', `jwt-secret-file = "${secret}"\njwt-issuer = "me"\n`);
    const { code, stdout } = await run(['token', '--scope', 'admin'], { WRITER_HUB_CONFIG: file });
    expect(code).toBe(0);
    expect(Buffer.from(stdout.split('.')[1]!, 'base64url').toString()).toContain('"iss":"me"');
  });
});
