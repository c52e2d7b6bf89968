import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command, run } from '../support/command';
import { CommandHere, runHere } from '../support/command-here';
import { mintToken } from '../../src/auth/token-minter';
import { freshName, SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';
import { line, store } from './support/send';

const READER = { WRITER_HUB_TOKEN: token('read:*') };

const sharedServer = new SharedHub();

/** Events that are several times what a pipe holds (64 KiB). */
const MANY = 5000;

/** The values of events, an event a line. */
function valuesIn(text: string): (string | undefined)[] {
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((event) => /"value":"([^"]*)"/.exec(event)?.[1]);
}

const numbers = (first: number, end: number) => Array.from({ length: end - first }, (_, n) => String(first + n));

/** `writer-hub tail` of a server that nobody else reads, once it prints what comes from now on. */
async function live(hub: TestHub, args: readonly string[], env: Record<string, string> = READER): Promise<CommandHere> {
  await shows(hub, 'followers 0');
  const tail = new CommandHere(['tail', ...args, '--url', hub.url], { env });
  await isLive(hub);
  return tail;
}

/** Resolves when one reader has all that is stored: where it begins is known, and what it asks for is there. */
function isLive(hub: TestHub): Promise<void> {
  return shows(hub, 'feed_readers{lag="live"} 1');
}

/** Resolves when the metrics say so. */
async function shows(hub: TestHub, metric: string): Promise<void> {
  while (!(await hub.read('/metrics')).includes(`\nwriter_hub_${metric}\n`));
}

describe('writer-hub tail', () => {
  it('prints what comes from now on, an event a line, to the digit, and ends with SIGINT', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 3);
    await shows(hub, 'followers 0');
    const tail = new Command(['tail', topic, '--url', hub.url], READER);
    await isLive(hub);
    await store(hub, topic, 3, 6);
    await tail.printed(/"value":"5".*\n/);
    tail.kill('SIGINT');
    const { code, stdout, stderr } = await tail.outcome();
    expect([code, stderr]).toEqual([0, '']);
    expect(valuesIn(stdout)).toEqual(['3', '4', '5']);
    expect(stdout.split('\n')[0]).toBe(
      `{"offset":"4","streamId":"car-1","timestamp":${1618133869000000001n + 3n},"id":"n","value":"3","tags":{}}`,
    );
  });

  it.each([
    [['-n', '3'], numbers(1497, 1501)],
    [['--last', '2', '--stream', 'car-1'], numbers(1498, 1501)],
    [
      ['-n', '1', '--id', 'other', '--id', 'n'],
      ['1499', '1500'],
    ],
    [['--from', 'earliest'], numbers(0, 1501)],
    [['--from', '1490'], numbers(1490, 1501)],
    [
      ['--after', '1499'],
      ['1499', '1500'],
    ],
    [['--since', '1h'], numbers(0, 1501)],
    [['--since', '2020-01-01T00:00:00Z'], numbers(0, 1501)],
    [['--from', 'latest'], ['1500']],
  ])('begins with %j, and follows', async (flags, expected) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 1500);
    const tail = await live(hub, [topic, ...flags]);
    await store(hub, topic, 1500, 1501);
    await tail.printed(/"value":"1500".*\n/);
    tail.interrupt();
    expect(valuesIn((await tail.outcome()).stdout)).toEqual(expected);
  });

  it('prints events with signs that end a line elsewhere', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 1);
    const tail = await live(hub, [topic]);
    const values = ['a\u2028b', 'a\u2029b', 'a\x85b', 'a\rb\nc', 'end'];
    const events = values.map((value) => ({ id: 'x\u2028', timestamp: 1, value, tags: {} }));
    expect((await hub.post(`/topics/${topic}/streams/a/events/data`, events)).status).toBe(200);
    await tail.printed(/"value":"end".*\n/);
    tail.interrupt();
    const { stdout } = await tail.outcome();
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((event) => (JSON.parse(event) as { value: string }).value);
    expect(printed).toEqual(values);
  });

  it('prints only the events of ids, tags and a stream', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const post = (stream: string, ...events: object[]) =>
      hub.post(`/topics/${topic}/streams/${stream}/events/data`, events);
    await post('a', { id: 'x', timestamp: 1, value: '1', tags: { car: '1' } });
    await post('b', { id: 'y', timestamp: 1, value: '2', tags: { car: '1', lap: '2' } });
    await post('b', { id: 'x', timestamp: 1, value: '3', tags: { car: '2' } });
    for (const [flags, values] of [
      [
        ['--id', 'x'],
        ['1', '3'],
      ],
      [
        ['--tag', 'car=1'],
        ['1', '2'],
      ],
      [['--tag', 'car=1', '--tag', 'lap=2'], ['2']],
      [
        ['--stream', 'b', '--id', 'x', '--id', 'y'],
        ['2', '3'],
      ],
    ] as const) {
      const { code, stdout } = await runHere(['tail', topic, '--no-follow', ...flags, '--url', hub.url], {
        env: READER,
      });
      expect([code, valuesIn(stdout)]).toEqual([0, values]);
    }
  });

  it('ends only when everything has been printed, without following', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, MANY);
    const { stdout } = await run(['tail', topic, '--no-follow', '--url', hub.url], READER);
    expect(valuesIn(stdout)).toEqual(numbers(0, MANY));
  });

  it.each([
    [['--order', 'desc'], numbers(0, 2500).reverse()],
    [['--order', 'desc', '--last', '4'], numbers(2496, 2500).reverse()],
    [
      ['--order', 'desc', '--last', '2', '--after', '3'],
      ['1', '0'],
    ],
    [['--no-follow', '--last', '2', '--stream', 'car-1'], numbers(2498, 2500)],
    [['--no-follow', '--from', '2498'], numbers(2498, 2500)],
    [['--no-follow', '--since', '2100-01-01T00:00:00Z'], []],
  ])('prints and ends with %j', async (flags, expected) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 2500);
    const outcome = await runHere(['tail', topic, ...flags, '--url', hub.url], { env: READER });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(valuesIn(outcome.stdout)).toEqual(expected);
  });

  it('waits for a topic that is not there yet, says so once, and prints all of it', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const tail = new CommandHere(['tail', topic, '-n', '1', '--url', hub.url], { env: READER });
    await tail.noted(/note: there is no "\w+" yet; waiting for it\n/);
    await store(hub, topic, 0, 3);
    await tail.printed(/"value":"2".*\n/);
    tail.interrupt();
    const { code, stdout, stderr } = await tail.outcome();
    expect([code, valuesIn(stdout)]).toEqual([0, ['0', '1', '2']]);
    expect(stderr).toBe(`note: there is no "${topic}" yet; waiting for it\n`);
  });

  it('waits for a stream that is not there yet', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await hub.post(`/topics/${topic}/streams/other/events/data`, { id: 'a', timestamp: 1 });
    const tail = new CommandHere(['tail', topic, '--stream', 'car-1', '--url', hub.url], { env: READER });
    await tail.noted(new RegExp(`note: there is no stream "car-1" in "${topic}" yet`));
    await store(hub, topic, 0, 2);
    await tail.printed(/"value":"1".*\n/);
    tail.interrupt();
    expect(valuesIn((await tail.outcome()).stdout)).toEqual(['0', '1']);
  });

  it('survives a server that stops and comes back, and prints nothing twice', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.start({ dataDir });
    const port = Number(new URL(first.url).port);
    await store(first, 'cars', 0, 2);
    const tail = await live(first, ['cars', '-n', '1']);
    await tail.printed(/"value":"1".*\n/);
    await first.close();
    await tail.noted(/note: the connection was cut \(shutting_down\); trying again\n/);
    const second = await TestHub.start({ dataDir, port });
    await store(second, 'cars', 2, 5);
    await tail.printed(/"value":"4".*\n/);
    await isLive(second);
    await store(second, 'cars', 5, 6);
    await tail.printed(/"value":"5".*\n/);
    tail.interrupt();
    const { code, stdout } = await tail.outcome();
    expect([code, valuesIn(stdout)]).toEqual([0, ['1', '2', '3', '4', '5']]);
  });

  it('survives a server that is killed before the first event came', async () => {
    const dataDir = temporaryDirectory();
    const env = { WRITER_HUB_JWT_SECRET: SECRET, WRITER_HUB_DATA_DIR: dataDir };
    const serve = async (port: string): Promise<[Command, string]> => {
      const server = new Command(['serve', '--port', port, '--log-level', 'silent'], env);
      const [url] = await server.printed(/http:\/\/127\.0\.0\.1:\d+/);
      return [server, url];
    };
    const [first, url] = await serve('0');
    const post = (n: number) =>
      fetch(`${url}/topics/cars/streams/s/events/data`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token('admin')}`, 'content-type': 'application/json' },
        body: line(n),
      });
    await post(0);
    const tail = new CommandHere(['tail', 'cars', '--url', url], { env: READER });
    const authorization = `Bearer ${token('admin')}`;
    const metrics = async () => (await fetch(`${url}/metrics`, { headers: { authorization } })).text();
    while (!(await metrics()).includes('\nwriter_hub_feed_readers{lag="live"} 1\n'));
    // Another one that comes later has been told where it begins: so has the first.
    const other = await fetch(`${url}/topics/cars/events`, { headers: { authorization } });
    await other.body!.getReader().read();
    first.kill('SIGKILL');
    await first.outcome();
    await tail.noted(/note: the connection was cut; trying again\n/);
    await serve(new URL(url).port);
    // It was never given anything, yet it knows where it began.
    await post(1);
    await tail.printed(/"value":"1".*\n/);
    tail.interrupt();
    expect(valuesIn((await tail.outcome()).stdout)).toEqual(['1']);
  });

  it('says what is gone while it was away, with where to go on, and stops', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.start({ dataDir });
    const port = Number(new URL(first.url).port);
    await store(first, 'cars', 0, 2);
    const tail = await live(first, ['cars']);
    await first.close();
    const other = await TestHub.start({ dataDir });
    await other.fetch('/topics/cars', { method: 'DELETE' });
    await store(other, 'cars', 0, 3);
    await other.close();
    await TestHub.start({ dataDir, port });
    const { code, stdout, stderr } = await tail.outcome();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /writer-hub: the server answered 410: .*the earliest position is now g\d+-0; --from earliest goes on with what is left\n$/,
    );
  });

  it('ends with what the server says when its topic is removed', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 2);
    const tail = await live(hub, [topic]);
    await hub.fetch(`/topics/${topic}`, { method: 'DELETE' });
    const { code, stderr } = await tail.outcome();
    expect([code, stderr]).toEqual([
      1,
      `writer-hub: the server has ended it: unknown_topic: there is no topic "${topic}"\n`,
    ]);
  });

  it('ends when its token is revoked', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 1);
    const { token: bearer, tokenId } = mintToken({ scopes: [`read:${topic}`] }, SECRET);
    const tail = await live(hub, [topic], { WRITER_HUB_TOKEN: bearer });
    await hub.post('/tokens/revoke', { tokenId });
    expect(await tail.outcome()).toMatchObject({
      code: 1,
      stderr: 'writer-hub: the server has ended it: unauthenticated: the token was revoked\n',
    });
  });

  it.each([
    ['while there is more', MANY, '--from earliest'],
    ['while nothing comes', 3, '--last 3'],
  ])('ends with 0 when nobody reads what it prints, %s', async (_, count, flags) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, count);
    const main = join(__dirname, '../../dist/main.js');
    const command = `{ "${process.execPath}" "${main}" tail ${topic} ${flags} --url ${hub.url}; echo "ended with $?" >&2; } | head -n 2`;
    const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', command], {
      env: { ...process.env, ...READER },
    });
    expect(valuesIn(stdout)).toEqual(['0', '1']);
    expect(stderr).toContain('ended with 0');
  });

  it.each([
    [['--last', '0'], 2, /at least 1/],
    [['--last', '3', '--after', '2'], 2, /--last and --after all say where to begin: give one of them/],
    [['--since', '1m', '--from', 'earliest'], 2, /--since and --from all say where to begin/],
    [['--order', 'up'], 2, /Allowed choices are asc, desc/],
    [['--order', 'desc', '--id', 'x'], 2, /--id does not go with --order desc/],
    [['--rows', '--tag', 'a=b'], 2, /--tag is of events, which a data source has not/],
    [['--quarantine', '--stream', 's'], 2, /--stream is of events/],
    [['--rows', '--quarantine'], 2, /give one of them/],
    [['--last', '10001'], 2, /tail=10001 is not a whole number from 1 to 10000/],
    [['--since', 'yesterday'], 2, /since=yesterday is not a duration/],
    [['--from', 'the end'], 2, /from=the end is not earliest, latest, or a position/],
    [['--from', '99'], 2, /from="99" is beyond the end/],
    [['--tag', 'car'], 2, /tag=car is not a key and a value/],
  ])('refuses %j', async (flags, expected, message) => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await store(hub, topic, 0, 1);
    const { code, stdout, stderr } = await runHere(['tail', topic, ...flags, '--url', hub.url], { env: READER });
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
  });

  it.each([
    ['a missing scope', ['cars'], token('read:bikes'), /403: the token lacks the scope read:cars/],
    ['a token that is none', ['cars'], 'nonsense', /401/],
    ['an unknown topic, without following', ['none', '--no-follow'], token('read:*'), /404: there is no topic "none"/],
  ])('fails for %s', async (_, args, bearer, message) => {
    const { code, stderr } = await runHere(['tail', ...args, '--url', (await sharedServer.hub()).url], {
      env: { WRITER_HUB_TOKEN: bearer },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  it('fails where there is no server', async () => {
    const { code, stderr } = await run(['tail', 'cars', '--url', 'http://127.0.0.1:1'], READER);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^writer-hub: cannot reach http:\/\/127\.0\.0\.1:1: /)]);
  });
});

describe('writer-hub tail of a data source', () => {
  const append = async (name: string, ...rows: string[]) =>
    (await sharedServer.hub()).post(`/v0/events?name=${name}&wait=true`, rows.join('\n'));

  it.each([[['shop']], [['shop', '--rows']]])('prints rows, to the digit: %j', async ([, ...flags]) => {
    const name = freshName('shop');
    await append(name, '{"item":"a","n":9007199254740993}', '{"item":"b","n":-1}');
    const tail = new CommandHere(['tail', name, ...flags, '-n', '1', '--url', (await sharedServer.hub()).url], {
      env: READER,
    });
    // Which row is the last one is settled when it has been printed, not when it has been asked for.
    await tail.printed(/"item":"b".*\n/);
    await append(name, '{"item":"c","n":9223372036854775807}');
    await tail.printed(/"item":"c".*\n/);
    tail.interrupt();
    const { code, stdout } = await tail.outcome();
    expect(code).toBe(0);
    expect(stdout).toBe(
      '{"offset":"2","row":{"item":"b","n":-1,"_rest":null}}\n' +
        '{"offset":"3","row":{"item":"c","n":9223372036854775807,"_rest":null}}\n',
    );
  });

  it('waits for one that is not there yet, whatever it will be', async () => {
    const name = freshName('shop');
    const tail = new CommandHere(['tail', name, '--url', (await sharedServer.hub()).url], { env: READER });
    await tail.noted(new RegExp(`there is no "${name}" yet`));
    await append(name, '{"item":"a"}');
    await tail.printed(/"item":"a".*\n/);
    tail.interrupt();
    expect((await tail.outcome()).code).toBe(0);
  });

  it('prints what did not fit, and why', async () => {
    const name = freshName('shop');
    await append(name, '{"n":1}', '{"n":2}');
    await append(name, '{"n":"three"}', '{"n":4}');
    const { code, stdout } = await runHere(
      ['tail', name, '--quarantine', '--no-follow', '--url', (await sharedServer.hub()).url],
      {
        env: READER,
      },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ row: { c__error_column: ['n'], c__row: '{"n":"three"}' } });
  });
});

describe('writer-hub tail on a terminal', () => {
  const DIM = '\u001b[2m';

  const events = [
    { id: 'Start', timestamp: 1618133869000000000n, value: 'go' },
    { id: 'Lap', timestamp: 1618133929123000000n, value: 'a\u001b[31m\nb', tags: { car: '1' } },
  ];

  /** The arguments that print two events. */
  async function eventsOf(...flags: string[]): Promise<string[]> {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    const text = events.map((event) =>
      JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
    );
    await hub.post(`/topics/${topic}/streams/car-1/events/data`, `[${text.join(',')}]`);
    return ['tail', topic, '--no-follow', ...flags, '--url', hub.url];
  }

  async function tailed(env: Record<string, string>): Promise<string> {
    const command = new Command(
      await eventsOf(),
      { ...READER, TZ: 'Europe/Berlin', TERM: 'xterm', ...env },
      { terminal: true },
    );
    const { code, stdout } = await command.outcome();
    expect(code).toBe(0);
    return stdout.replaceAll('\r\n', '\n');
  }

  /** The same within this process, which is told that it prints on a terminal. */
  async function tailedHere(env: Record<string, string>, ...flags: string[]): Promise<string> {
    const given = { env: { ...READER, TERM: 'xterm', ...env }, terminal: true };
    const { code, stdout } = await runHere(await eventsOf(...flags), given);
    expect(code).toBe(0);
    return stdout;
  }

  it('prints local time in aligned columns, and nothing that steers the terminal', async () => {
    const text = await tailed({ NO_COLOR: '1' });
    expect(text).toBe(
      '2021-04-11 11:37:49.000  car-1  Start  go\n2021-04-11 11:38:49.123  car-1  Lap    a\\u001b[31m\\nb  car=1\n',
    );
  });

  it.each([
    ['a terminal', {}, tailed, true],
    ['NO_COLOR', { NO_COLOR: 'yes' }, tailedHere, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, tailedHere, true],
    ['a dumb terminal', { TERM: 'dumb' }, tailedHere, false],
  ])('is coloured, or not, with %s', async (_, env, print, coloured) => {
    expect((await print(env)).includes(DIM)).toBe(coloured);
  });

  it('prints JSON with --json', async () => {
    const text = await tailedHere({}, '--json');
    expect(valuesIn(text)).toEqual(['go', expect.stringContaining('u001b')]);
  });
});
