import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parse } from 'yaml';
import { KAFKA_VERSION } from '../../src/kafka-dev/kafka-jars';
import { unknownVariables } from '../../src/unknown-variables';
import { deployFile, deployText, isHere, ROOT } from './support/here';

const FOLDER = mkdtempSync(join(tmpdir(), 'writer-hub-deploy-'));
const TOOLS = join(FOLDER, 'tools');
const TREE = join(FOLDER, 'app');
const DATA = join(FOLDER, 'data');
const PYTHON = process.env['PYTHON'] ?? 'python3';
const MINUTE = 60_000;

const ENDS: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const end of ENDS) await end();
  rmSync(FOLDER, { recursive: true, force: true });
});

/** The instructions of the Dockerfile, stage by stage. */
const STAGES = deployText('container/Dockerfile')
  .replace(/\\\n\s*/g, '')
  .split(/^(?=FROM )/m)
  .slice(1)
  .map((stage) =>
    stage
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const),
  );

const instruction = (name: string): string => STAGES.at(-1)!.find(([each]) => each === name)?.[1] ?? '';

/** Without what the npm that runs this suite was told, such as to run no scripts: an image begins with none of it. */
const BUILD = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** Whether the linters could be installed. */
function installed(): boolean {
  try {
    execFileSync(PYTHON, ['-m', 'venv', TOOLS], { stdio: 'ignore' });
    const quiet = ['--quiet', '--disable-pip-version-check', '--retries', '1'];
    execFileSync(join(TOOLS, 'bin/pip'), ['install', ...quiet, '-r', join(__dirname, 'requirements.txt')], {
      stdio: 'ignore',
      timeout: 2 * MINUTE,
    });
    return true;
  } catch (error) {
    process.stderr.write(`hadolint: not run: ${(error as Error).message.split('\n')[0]}\n`);
    return false;
  }
}

const withLinters = installed() ? describe : describe.skip;

withLinters('the container files', () => {
  it('have no fault that hadolint knows', () => {
    const { status, stdout } = spawnSync(join(TOOLS, 'bin/hadolint'), [deployFile('container/Dockerfile')], {
      encoding: 'utf8',
    });
    expect([stdout, status]).toEqual(['', 0]);
  });

  it.each(['container/compose.yaml', 'compose.kafka.yaml'])('keep to the schema of compose files: %s', (file) => {
    const args = ['--builtin-schema', 'vendor.compose-spec', deployFile(file)];
    const { status, stdout } = spawnSync(join(TOOLS, 'bin/check-jsonschema'), args, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, 'ok -- validation done\n']);
  });
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image?: string;
        readonly environment?: Readonly<Record<string, string>>;
        readonly build?: { readonly args?: Readonly<Record<string, string>> };
      }
    >
  >;
}

describe('the compose files', () => {
  const services = ['container/compose.yaml', 'compose.kafka.yaml'].flatMap((file) =>
    Object.entries((parse(deployText(file), { merge: true }) as Compose).services),
  );

  it.each(services)('set no variable for %s that nobody reads', (_, { environment = {} }) => {
    expect(unknownVariables(environment)).toEqual([]);
  });

  it('have the version of Kafka, and of its client, that is tested', () => {
    const client = JSON.parse(readFileSync(join(ROOT, 'test/kafka/package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const [brokers, hubs] = [/^broker-/, /^hub-/].map((name) => services.filter(([service]) => name.test(service)));
    expect(brokers!.map(([, { image }]) => image)).toEqual(Array(3).fill(`apache/kafka:${KAFKA_VERSION}`));
    const tested = client.dependencies['@confluentinc/kafka-javascript'];
    expect(hubs!.map(([, { build }]) => build?.args?.['KAFKA_CLIENT'])).toEqual([tested, tested]);
  });

  it('have brokers that keep every record on two of three', () => {
    for (const [, { environment }] of services.filter(([service]) => service.startsWith('broker-'))) {
      expect(environment).toMatchObject({ KAFKA_DEFAULT_REPLICATION_FACTOR: '3', KAFKA_MIN_INSYNC_REPLICAS: '2' });
    }
  });
});

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;
if (process.getuid?.() !== 0) process.stderr.write('the steps of the Dockerfile: not run: they need root\n');

asRoot('the steps of the Dockerfile, by hand', () => {
  beforeAll(() => {
    chmodSync(FOLDER, 0o755);
    mkdirSync(TREE);
    mkdirSync(DATA, { mode: 0o700 });
    chownSync(DATA, 1000, 1000);
    for (const [name, text] of STAGES[0]!) {
      if (name === 'COPY') copy(text.split(' '));
      else if (name === 'RUN') {
        execFileSync('sh', ['-ec', text], { cwd: TREE, env: BUILD, stdio: 'ignore', timeout: 12 * MINUTE });
      }
    }
  });

  it('leave what the server needs, and none of what it is built with', () => {
    const modules = execFileSync('ls', [join(TREE, 'node_modules')], { encoding: 'utf8' });
    expect(modules).not.toMatch(/^(jest|typescript|eslint|esbuild)$/m);
    expect(STAGES[1]!.filter(([name]) => name === 'COPY').map(([, text]) => text)).toEqual([
      '--from=build /app/package.json ./',
      '--from=build /app/node_modules/ node_modules/',
      '--from=build /app/packages/ packages/',
      '--from=build /app/dist/ dist/',
    ]);
  });

  it('give a server that another user runs, who may write its data alone; it is healthy, and ends on SIGTERM', async () => {
    const port = await freePort();
    const server = run(port, [process.execPath]);
    await answers(port, server);
    const [command = '', ...args] = JSON.parse(instruction('HEALTHCHECK').replace(/^.*?CMD /, '')) as string[];
    const check = (env: object) => spawnSync(command, args, { env: { ...process.env, ...env } }).status;
    expect(check({ PORT: String(port) })).toBe(0);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(check({ PORT: String(port) })).toBe(1);
  });

  it('give a server that ends on SIGTERM as process 1', async () => {
    if (!isHere('unshare', '--pid', '--fork', '--mount-proc', 'true')) return;
    const port = await freePort();
    const outside = run(
      port,
      ['unshare', '--pid', '--fork', '--mount-proc', '--setuid', '1000', '--setgid', '1000', process.execPath],
      false,
    );
    await answers(port, outside);
    const inside = execFileSync('pgrep', ['-P', String(outside.pid)], { encoding: 'utf8' }).trim();
    process.kill(Number(inside), 'SIGTERM');
    expect(await once(outside, 'exit')).toEqual([0, null]);
  });

  it('name the path and the user when the data directory cannot be written', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(TREE, 'dist/main.js'), 'serve', '--port', '0', '--data-dir', join(TREE, 'data')],
      {
        ...{ encoding: 'utf8', uid: 1000, gid: 1000 },
        env: { PATH: process.env['PATH'] },
      },
    );
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/the data directory \S+\/app\/data cannot be used by uid 1000: EACCES: permission denied/);
  });
});

function copy(names: readonly string[]): void {
  const to = names.at(-1)!;
  for (const from of names.slice(0, -1)) {
    const target = to === './' ? join(TREE, from) : join(TREE, to);
    cpSync(join(ROOT, from), target, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist)(\/|$)|\.tsbuildinfo$/.test(path.slice(ROOT.length)),
    });
  }
}

/** The entry point as its user, with the environment of the image, but for where it listens and keeps its data. */
function run(port: number, before: readonly string[], asUser = true): ChildProcess {
  const [, ...entry] = JSON.parse(instruction('ENTRYPOINT')) as string[];
  const words = [
    ...entry.map((word) => word.replace(/^\/app\//, `${TREE}/`)),
    ...(JSON.parse(instruction('CMD')) as string[]),
  ];
  const child = spawn(before[0]!, [...before.slice(1), ...words], {
    ...(asUser && { uid: 1000, gid: 1000 }),
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      WRITER_HUB_DATA_DIR: DATA,
    },
    stdio: 'ignore',
  });
  ENDS.push(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await setImmediate();
  }
  throw new Error(`the server ended with ${server.exitCode}`);
}
