import { PassThrough } from 'node:stream';
import { confirm, confirmByName } from '../../src/cli/confirm';
import { run, type Outcome } from '../support/command';
import { runHere } from '../support/command-here';
import { freshName, SharedHub } from '../support/shared-hub';
import { TestHub, token } from '../support/test-hub';

const events = (count: number) => Array.from({ length: count }, (_, index) => ({ id: 'n', timestamp: index }));

const sharedServer = new SharedHub();
const env = { WRITER_HUB_TOKEN: token('admin') };

interface Started {
  readonly hub: TestHub;
  /** A topic of five events, and a data source of one row. */
  readonly cars: string;
  readonly shop: string;
  /** Runs a command within this process. */
  readonly command: (...args: string[]) => Promise<Outcome>;
  /** The same as a process of its own. */
  readonly process: (...args: string[]) => Promise<Outcome>;
  /** What the server says of these two. */
  readonly listed: () => Promise<unknown[]>;
}

async function start(own?: TestHub): Promise<Started> {
  const hub = own ?? (await sharedServer.hub());
  const [cars, shop] = [freshName('cars'), freshName('shop')];
  await hub.post(`/topics/${cars}/streams/car-1/events/data`, events(3));
  await hub.post(`/topics/${cars}/streams/car-2/events/data`, events(2));
  await hub.post(`/v0/events?name=${shop}&wait=true`, '{"item":"a"}');
  return {
    ...{ hub, cars, shop },
    command: (...args) => runHere([...args, '--url', hub.url], { env }),
    process: (...args) => run([...args, '--url', hub.url], env),
    async listed() {
      const { topics } = JSON.parse(await hub.read('/topics')) as { topics: { name: string }[] };
      return topics.filter(({ name }) => name === cars || name === shop);
    },
  };
}

describe('writer-hub topics', () => {
  it('prints what each topic holds and how long it keeps it', async () => {
    const { cars, shop, process } = await start(await TestHub.start());
    await process('retention', cars, '--age', '168h', '--bytes', '5000');
    const { code, stdout } = await process('topics');
    expect(code).toBe(0);
    expect(stdout.replaceAll(/about \d+ bytes/g, 'about n bytes')).toBe(
      `${cars}\t5 events\tabout n bytes\tkeeps age 7d, at most 5000 bytes\n${shop}\t1 rows\tabout n bytes\n`,
    );
  });
});

describe('writer-hub topics --json', () => {
  it('prints the object of each topic, a line each', async () => {
    const { cars, shop, command } = await start(await TestHub.start());
    const { stdout } = await command('topics', '--json');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      expect.objectContaining({ name: cars, kind: 'events', events: 5 }),
      expect.objectContaining({ name: shop, kind: 'rows', rows: 1 }),
    ]);
  });
});

describe('writer-hub streams', () => {
  const DIGITS = '1618133869000000123';

  it('prints the streams of a topic with all digits, and says where to go on', async () => {
    const { hub, cars, command } = await start();
    await hub.post(`/topics/${cars}/streams/car-3/events/data`, `{"id":"a","timestamp":${DIGITS}}`);
    const first = await command('streams', cars, '--limit', '2');
    expect(first.stdout).toMatch(
      /^stream +status +events .*\n-.*\ncar-1 +open +3 +0 +2 .*\ncar-2 +open +2 +0 +1 .*\n$/,
    );
    expect(first.stderr).toBe("there are more: --after 'car-2', or --limit\n");
    const rest = await command('streams', cars, '--after', 'car-2');
    expect([rest.stdout, rest.stderr]).toEqual([expect.stringContaining(` ${DIGITS}  ${DIGITS} `), '']);
  });

  it('prints JSON a line with --json, as a process', async () => {
    const { hub, cars, process } = await start();
    await hub.post(`/topics/${cars}/streams/car-3/events/data`, `{"id":"a","timestamp":${DIGITS}}`);
    const { code, stdout } = await process('streams', cars, '--json');
    expect(code).toBe(0);
    expect(stdout.split('\n')[2]).toMatch(new RegExp(`^\\{"streamId":"car-3",.*"lastTimestamp":${DIGITS}`));
  });

  it('goes through pages when more are asked for than a page holds', async () => {
    const { hub, command } = await start();
    const topic = freshName('many');
    for (let n = 0; n < 1001; n += 1)
      await hub.fetch(`/topics/${topic}/streams/s${n}`, {
        method: 'PUT',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
    const { stdout } = await command('streams', topic, '--limit', '2000', '--json');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1001);
  });

  it.each([
    [['nowhere'], 1, /404: there is no topic "nowhere"/],
    [['t', '--limit', '0'], 2, /at least 1/],
    [[], 2, /missing required argument/],
  ])('refuses %j', async (args, expected, message) => {
    const { command } = await start();
    const { code, stdout, stderr } = await command('streams', ...args);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
  });
});

describe('writer-hub delete', () => {
  it('removes a stream, a topic, a data source', async () => {
    const { hub, cars, shop, command, listed } = await start(await TestHub.start());
    expect(await command('remove', cars, '--stream', 'car-2', '--yes')).toMatchObject({ code: 0 });
    expect(await listed()).toMatchObject([{ events: 3 }, {}]);
    const inJson = await command('delete', cars, '--stream', 'car-1', '--yes', '--json');
    expect(JSON.parse(inJson.stdout)).toEqual({ topic: cars, streamId: 'car-1' });
    for (const name of [cars, shop]) {
      const { code, stdout } = await command('delete', name, '--yes', '--json');
      expect([code, stdout]).toEqual([0, `{"topic":"${name}"}\n`]);
    }
    expect(JSON.parse(await hub.read('/topics'))).toEqual({ topics: [], next: null });
  });

  it('removes nothing without --yes where nobody can be asked', async () => {
    const { cars, process, listed } = await start();
    const { code, stderr } = await process('remove', cars);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Remove "${cars}" with all it holds? Say --yes`)]);
    expect(await listed()).toMatchObject([{ events: 5 }, {}]);
  });

  it('says what the server refuses', async () => {
    const { command } = await start();
    const { code, stderr } = await command('remove', 'nowhere', '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('404: there is no topic "nowhere"')]);
  });
});

describe('writer-hub retention', () => {
  it('asks before a topic loses everything: not without --yes where nobody can be asked', async () => {
    const { cars, command, process, listed } = await start();
    const { code, stderr } = await process('retention', cars, '--bytes', '1');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/would keep none of its 5 events.* Say --yes/)]);
    expect(await command('retention', cars, '--bytes', '1', '--yes')).toMatchObject({ code: 0 });
    expect(await listed()).toMatchObject([{ retention: { bytes: 1 } }, {}]);
  });

  it('gives up what was set with default', async () => {
    const { cars, command, listed } = await start();
    await command('retention', cars, '--age', '7d', '--bytes', '5000');
    expect(await command('retention', cars, '--age', 'default')).toMatchObject({ code: 0 });
    expect(await listed()).toMatchObject([{ retention: { age: null, bytes: 5000 } }, {}]);
  });

  it.each([
    [[], 2, /say --age, --bytes or both/],
    [['--bytes', 'many'], 2, /--bytes many is neither a whole number nor default/],
    [['--age', 'soon'], 2, /--age: "soon" is not a duration/],
  ])('refuses %j', async (flags, expected, message) => {
    const { cars, command } = await start();
    const { code, stderr } = await command('retention', cars, ...flags);
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
  });
});

describe('confirm', () => {
  const answered = (answer: string) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    input.end(`${answer}\n`);
    return confirm('Really?', { input, output: new PassThrough() });
  };

  it.each(['y', 'Y', 'yes', ' YES '])('takes %j for yes', async (answer) => {
    await expect(answered(answer)).resolves.toBeUndefined();
  });

  it.each([
    ['cars', true],
    [' cars ', true],
    ['y', false],
    ['car', false],
    ['', false],
  ])('by name: %j is an answer: %s', async (answer, isRight) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const confirmed = confirmByName('Really?', 'cars', { input, output: new PassThrough() });
    input.end(`${answer}\n`);
    if (isRight) await expect(confirmed).resolves.toBeUndefined();
    else await expect(confirmed).rejects.toThrow('this is not its name: nothing was removed');
  });

  it('is no when the terminal is closed', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const confirmed = confirm('Really?', { input, output: new PassThrough() });
    input.end();
    await expect(confirmed).rejects.toThrow('nothing was removed');
  });

  it.each(['', 'n', 'no', 'yesterday'])('takes %j for no', async (answer) => {
    await expect(answered(answer)).rejects.toThrow('nothing was removed');
  });
});
