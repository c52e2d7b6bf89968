import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decode, sign } from 'jsonwebtoken';
import { run } from '../support/command';
import { runHere } from '../support/command-here';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';

const sharedServer = new SharedHub();

describe('writer-hub token', () => {
  it('prints the token alone, and the server takes it', async () => {
    const hub = await sharedServer.hub();
    const { code, stdout } = await run(['token', '--scope', 'read:*', 'append:cars', '--expires', '1h'], {
      WRITER_HUB_JWT_SECRET: SECRET,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^eyJ\S+\n$/);
    const claims = decode(stdout.trim(), { json: true });
    expect(claims?.['scope']).toBe('read:* append:cars');
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBe(3600);
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${stdout.trim()}` } })).status).toBe(200);
  });

  it('prints the token and its claims with --json', async () => {
    const flags = ['--scope', 'read:*', '--subject', 'car 1', '--json'];
    const { stdout } = await runHere(['token', ...flags], { env: { WRITER_HUB_JWT_SECRET: SECRET } });
    const { token: made, claims } = JSON.parse(stdout) as { token: string; claims: object };
    expect(claims).toMatchObject({ scope: 'read:*', sub: 'car 1' });
    expect(decode(made)).toEqual(claims);
  });

  it('takes the secret of the data directory', async () => {
    const dataDir = temporaryDirectory();
    const [one, two] = [
      await runHere(['token', '--scope', 'admin', '--data-dir', dataDir]),
      await runHere(['token', '--scope', 'admin', '--data-dir', dataDir]),
    ];
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(one.stderr).toContain(`one was made in ${join(dataDir, 'secret')}`);
    expect(one.stderr).toContain('--data-dir');
    expect(two.stderr).toBe('');
  });

  it.each<[string, Record<string, string>, string]>([
    ['', {}, 'signed with that of the server: name its data directory with --data-dir or WRITER_HUB_DATA_DIR'],
    ['for another server', { WRITER_HUB_URL: 'http://hub:8080' }, 'that of the server at http://hub:8080: name'],
  ])("makes no second secret in a folder that is not the server's %s", async (_, env, message) => {
    const folder = temporaryDirectory();
    const { code, stdout, stderr } = await run(['token', '--scope', 'admin'], env, '', folder);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`writer-hub: there is no secret in ${join(folder, 'data')}; `);
    expect(stderr).toContain(message);
    expect(stderr.length).toBeLessThanOrEqual(400);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the secret of the folder that the server was started in', async () => {
    const folder = temporaryDirectory();
    const hub = await TestHub.start({ dataDir: join(folder, 'data'), jwtSecret: undefined });
    const { code, stdout, stderr } = await run(['token', '--scope', 'admin'], {}, '', folder);
    expect([code, stderr]).toEqual([0, '']);
    const headers = { authorization: `Bearer ${stdout.trim()}` };
    expect((await fetch(`${hub.url}/topics`, { headers })).status).toBe(200);
  });

  it('takes the secret of the environment without the white space around it', async () => {
    const hub = await sharedServer.hub();
    const { stdout } = await runHere(['token', '--scope', 'admin'], {
      env: { WRITER_HUB_JWT_SECRET: ` ${SECRET}\n` },
    });
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${stdout.trim()}` } })).status).toBe(200);
  });

  it.each([
    [['--scope', 'everything'], /"everything" is not a scope/],
    [['--scope', 'admin', '--expires', 'soon'], /"soon" is not a duration/],
    [[], /required option '--scope/],
  ])('refuses %j', async (flags, message) => {
    const { code, stdout, stderr } = await runHere(['token', ...flags], { env: { WRITER_HUB_JWT_SECRET: SECRET } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('writer-hub revoke', () => {
  it('has the server refuse the token', async () => {
    const hub = await sharedServer.hub();
    const bearer = token('read:*');
    const { code, stderr } = await run(['revoke', bearer, '--url', hub.url], { WRITER_HUB_JWT_SECRET: SECRET });
    const { jti = '' } = decode(bearer, { json: true }) ?? {};
    expect([code, stderr]).toEqual([0, `the token with the id ${jti} is refused from now on\n`]);
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(401);
  });
});

describe('writer-hub revoke refuses', () => {
  const whole = token('read:*');

  it.each([
    ['nothing', '', 'it is empty'],
    ['what is neither a token nor an id', 'not a token', 'it has white space in it'],
    ['a token that is cut off', whole.slice(0, 70), 'it looks like a token, or the beginning of one'],
    [
      'a token whose middle is cut out',
      whole.replace(/\.eyJ.{6}/, '.'),
      'it looks like a token, or the beginning of one',
    ],
    ['a token without an id', sign({ scope: 'read:*' }, SECRET), 'this token has no id (jti) to revoke it by'],
  ])('%s, and asks no server', async (_, text, message) => {
    const { code, stdout, stderr } = await runHere(['revoke', text, '--url', 'http://127.0.0.1:1', '--token', 'x']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('writer-hub', () => {
  it.each(['serve', 'token', 'revoke', 'send', 'tail', 'datasource'])('explains %s with --help', async (command) => {
    const { code, stdout } = await runHere([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: writer-hub ${command} `));
  });

  it('names its version', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
