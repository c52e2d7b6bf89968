import { statSync } from 'node:fs';
import { join } from 'node:path';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { Command, run } from '../support/command';
import { atEnd, temporaryDirectory } from '../support/test-hub';

const serve = (dataDir: string, ...flags: string[]) =>
  new Command(['serve', '--port', '0', '--data-dir', dataDir, ...flags]);
const address = async (command: Command): Promise<string> => (await command.printed(/listens on (http:\S+)/))[1] ?? '';

describe('writer-hub serve', () => {
  it('prints its address, and on the first start alone a token that can be used, and a link with it', async () => {
    const dataDir = temporaryDirectory();
    const first = serve(dataDir);
    const url = await address(first);
    const [, token = ''] = await first.printed(/^ {2}(eyJ\S+)$/m);
    expect(first.stdout).toContain(dataDir);
    expect(first.stdout).toContain(`\n  ${url}/#token=${token}\n`);
    expect(
      (
        await fetch(`${url}/tokens/revoke`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: '{"tokenId":"another"}',
        })
      ).ok,
    ).toBe(true);
    const events = `${url}/topics/cars/streams/demo/events/data`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    expect((await fetch(events, { method: 'POST', headers, body: '{"id":"a","timestamp":1}' })).status).toBe(200);
    expect(await (await fetch(events, { headers })).text()).toContain('"id":"a"');
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
    first.kill('SIGTERM');
    const ended = await first.outcome();
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toContain(token);

    const second = serve(dataDir);
    await second.printed(/Data .*\n/);
    expect(second.stdout).not.toContain('eyJ');
    expect(second.stdout).toContain(`\n  npx writer-hub open --url ${await address(second)} --data-dir ${dataDir}\n`);
    const [, flags = ''] = await second.printed(/^ {2}npx writer-hub token (.*)$/m);
    expect(flags).toBe(`--scope "create read:*" --data-dir ${dataDir}`);
    const made = await run(['token', '--scope', 'create', 'read:*', '--data-dir', dataDir]);
    const own = { authorization: `Bearer ${made.stdout.trim()}` };
    expect((await fetch(`${await address(second)}/topics`, { headers: own })).status).toBe(200);
    expect((await fetch(`${await address(second)}/topics`, { headers })).status).toBe(200);
  });

  it('names variables that are none of its options, without their values', async () => {
    const env = { WRITER_HUB_JTW_SECRET: 'my very own secret', WRITER_HUB_TOKEN: 'x', WRITER_HUB_LOG_LEVEL: 'warn' };
    const command = new Command(['serve', '--port', '0', '--data-dir', temporaryDirectory()], env);
    await fetch(`${await address(command)}/healthz`);
    command.kill('SIGTERM');
    const { code, stderr } = await command.outcome();
    expect(code).toBe(0);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        variable: 'WRITER_HUB_JTW_SECRET',
        hint: 'did you mean WRITER_HUB_JWT_SECRET?',
      }),
    ]);
    expect(stderr).not.toContain('very own');
  });

  it.each([
    [[], /^\{"level":30,/],
    [['--log-format', 'json'], /^\{"level":30,/],
    [['--log-format', 'pretty'], /^\d\d:\d\d:\d\d\.\d{3} INFO {2}listening url=http/m],
  ])('writes its log into a pipe with %j', async (flags, line) => {
    const command = serve(temporaryDirectory(), ...flags);
    await fetch(`${await address(command)}/healthz`);
    command.kill('SIGTERM');
    expect((await command.outcome()).stderr).toMatch(line);
  });

  it('ends at once though a client polls', async () => {
    const command = serve(temporaryDirectory());
    const url = await address(command);
    const [, token = ''] = await command.printed(/^ {2}(eyJ\S+)$/m);
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/hub`, { transport: HttpTransportType.LongPolling, accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    command.kill('SIGTERM');
    const { code, stderr } = await command.outcome();
    expect(code).toBe(0);
    // The client has taken its leave, which it could not when nobody listened to it any more.
    expect(stderr).toMatch(/"method":"DELETE","path":"\/hub","status":202/);
  });

  it('is refused on a data directory that another process uses', async () => {
    const dataDir = temporaryDirectory();
    await address(serve(dataDir));
    const { code, stderr } = await run(['serve', '--port', '0', '--data-dir', dataDir]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^writer-hub: .*in use by another/m);
    expect(stderr).not.toContain('    at ');
  });

  it('says so in a line when the port is taken', async () => {
    const port = new URL(await address(serve(temporaryDirectory()))).port;
    const { code, stderr } = await run(['serve', '--port', port, '--data-dir', temporaryDirectory()]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^writer-hub: .*EADDRINUSE/m);
  });

  it('prints the token on the first start that succeeds', async () => {
    const dataDir = temporaryDirectory();
    const port = new URL(await address(serve(temporaryDirectory()))).port;
    expect((await run(['serve', '--port', port, '--data-dir', dataDir])).code).toBe(1);
    await serve(dataDir).printed(/^ {2}(eyJ\S+)$/m);
  });

  it.each([
    [['--port', 'http'], {}, '--port "http" is not a whole number'],
    [[], { WRITER_HUB_MAX_TOPICS: '0' }, 'WRITER_HUB_MAX_TOPICS "0" is less than 1'],
    [[], { WRITER_HUB_JWT_SECRET: 'short' }, 'needs at least 32'],
  ])('does not start with %j %j', async (flags, env, message) => {
    const { code, stderr } = await run(['serve', '--data-dir', temporaryDirectory(), ...flags], env);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('stops on SIGTERM with a goodbye to its clients, all that was acknowledged being stored', async () => {
    const dataDir = temporaryDirectory();
    const server = serve(dataDir);
    const url = await address(server);
    const [, token = ''] = await server.printed(/^ {2}(eyJ\S+)$/m);
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/hub`, { accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    atEnd(() => connection.stop());
    await connection.start();
    const closed = new Promise<Error | undefined>((resolve) => {
      connection.onclose(resolve);
    });
    const invocations = Array.from({ length: 50 }, (_, n) =>
      connection.invoke('SendEventData', 'cars', 'demo', [{ id: String(n), timestamp: n }]),
    );
    await invocations[0];
    server.kill('SIGTERM');
    const answered = (await Promise.allSettled(invocations)).filter(({ status }) => status === 'fulfilled').length;
    expect(await closed).toBeUndefined();
    expect((await server.outcome()).code).toBe(0);

    const { stdout } = await run([
      'tail',
      'cars',
      '--no-follow',
      '--data-dir',
      dataDir,
      '--url',
      await address(serve(dataDir)),
    ]);
    expect(stdout.trimEnd().split('\n').length).toBeGreaterThanOrEqual(answered);
  });
});
