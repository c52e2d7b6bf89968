import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'jsonwebtoken';
import { Command, run } from '../support/command';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';
import { line, lines, send } from './support/send';

describe('writer-hub token', () => {
  it('prints the token alone, and the server takes it', async () => {
    const hub = await TestHub.start();
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

  it('takes the secret of the data directory', async () => {
    const dataDir = temporaryDirectory();
    const [one, two] = [
      await run(['token', '--scope', 'admin', '--data-dir', dataDir]),
      await run(['token', '--scope', 'admin', '--data-dir', dataDir]),
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
    expect([code, stdout]).toEqual([1, '']);
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
    const hub = await TestHub.start();
    const { stdout } = await run(['token', '--scope', 'admin'], { WRITER_HUB_JWT_SECRET: ` ${SECRET}\n` });
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${stdout.trim()}` } })).status).toBe(200);
  });

  it.each([
    [['--scope', 'everything'], /"everything" is not a scope/],
    [['--scope', 'admin', '--expires', 'soon'], /"soon" is not a duration/],
    [[], /required option '--scope/],
  ])('refuses %j', async (flags, message) => {
    const { code, stdout, stderr } = await run(['token', ...flags], { WRITER_HUB_JWT_SECRET: SECRET });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });
});

describe('writer-hub revoke', () => {
  it('has the server refuse the token', async () => {
    const hub = await TestHub.start();
    const bearer = token('read:*');
    const { code } = await run(['revoke', bearer, '--url', hub.url], { WRITER_HUB_JWT_SECRET: SECRET });
    expect(code).toBe(0);
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(401);
  });
});

/** The values of events, an event a line. */
function valuesIn(text: string): (string | undefined)[] {
  const events = text.trimEnd().split('\n');
  return events.map((event) => /"value":"(\d+)"/.exec(event)?.[1]);
}

describe('writer-hub tail', () => {
  it('prints what is stored and follows', async () => {
    const hub = await TestHub.start();
    await send(hub, lines(1500));
    const tail = new Command(['tail', 'cars', '--url', hub.url, '--interval', '10'], {
      WRITER_HUB_TOKEN: token('read:cars'),
    });
    await tail.printed(/"value":"1499".*\n/);
    await send(hub, line(1500));
    await tail.printed(/"value":"1500".*\n/);
    tail.kill('SIGINT');
    const { code, stdout } = await tail.outcome();
    expect(code).toBe(0);
    expect(valuesIn(stdout)).toEqual(Array.from({ length: 1501 }, (_item, n) => String(n)));
  });

  it('ends only when everything has been printed', async () => {
    const hub = await TestHub.start();
    await send(hub, lines(20_000));
    const tail = new Command(['tail', 'cars', '--no-follow', '--url', hub.url], {
      WRITER_HUB_TOKEN: token('read:cars'),
    });
    expect((await tail.outcome()).stdout.trimEnd().split('\n')).toHaveLength(20_000);
  });

  it('begins with the last events, and follows', async () => {
    const hub = await TestHub.start();
    await send(hub, lines(50));
    const tail = new Command(['tail', 'cars', '-n', '3', '--url', hub.url, '--interval', '10'], {
      WRITER_HUB_TOKEN: token('read:cars'),
    });
    await tail.printed(/"value":"49".*\n/);
    await send(hub, line(50));
    await tail.printed(/"value":"50".*\n/);
    tail.kill('SIGINT');
    expect(valuesIn((await tail.outcome()).stdout)).toEqual(['47', '48', '49', '50']);
  });

  it.each([
    [['--order', 'desc'], Array.from({ length: 2500 }, (_, n) => String(2499 - n))],
    [
      ['--order', 'desc', '--last', '4'],
      ['2499', '2498', '2497', '2496'],
    ],
    [
      ['--order', 'desc', '--last', '2', '--after', '3'],
      ['1', '0'],
    ],
    [
      ['--no-follow', '--last', '2', '--stream', 'car-1'],
      ['2498', '2499'],
    ],
  ])('prints and ends with %j', async (flags, expected) => {
    const hub = await TestHub.start();
    await send(hub, lines(2500));
    const outcome = await run(['tail', 'cars', ...flags, '--url', hub.url], { WRITER_HUB_TOKEN: token('read:cars') });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(valuesIn(outcome.stdout)).toEqual(expected);
  });

  it.each([
    [['--last', '0'], /at least 1/],
    [['--last', '3', '--after', '2'], /give one of them/],
    [['--order', 'up'], /Allowed choices are asc, desc/],
    [['--last', '10001'], /tail=10001 is not a whole number from 1 to 10000/],
  ])('refuses %j', async (flags, message) => {
    const hub = await TestHub.start();
    await send(hub, lines(1));
    const { code, stderr } = await run(['tail', 'cars', ...flags, '--url', hub.url], {
      WRITER_HUB_TOKEN: token('read:cars'),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it.each([
    ['an unknown topic', token('admin'), /404/],
    ['a missing scope', token('read:bikes'), /the token lacks the scope read:cars/],
  ])('fails for %s', async (_, bearer, message) => {
    const hub = await TestHub.start();
    const { code, stderr } = await run(['tail', 'cars', '--url', hub.url], { WRITER_HUB_TOKEN: bearer });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('writer-hub', () => {
  it.each(['serve', 'token', 'revoke', 'send', 'tail', 'datasource'])('explains %s with --help', async (command) => {
    const { code, stdout } = await run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: writer-hub ${command} `));
  });

  it('names its version', async () => {
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
