import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { RECIPES } from './recipe';

const ENDS: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ENDS.splice(0).toReversed()) await end();
});

/** Whether there is an nginx; if not, why. */
export function nginxVersion(): string | undefined {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A file of the recipes. */
export function recipeText(name: string): string {
  return readFileSync(join(RECIPES, name), 'utf8');
}

/** Runs nginx with these lines in its `http` and its `server` block, as `runServers` does. Returns its address. */
export async function runNginx(http: string, server: string): Promise<string> {
  return `http://127.0.0.1:${await runServers((socket) => `${http} server { listen ${socket}; ${server} }`)}`;
}

/**
 * Runs nginx with these servers until the tests of the file have ended. It listens on a socket of its own, `unix:…`,
 * which a free port leads to: nginx itself cannot be asked for one. Returns the port.
 */
export async function runServers(servers: (socket: string) => string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'recipe-nginx-'));
  const socket = join(folder, 'nginx.sock');
  mkdirSync(join(folder, 'logs'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n');
  // Its workers are nobody else, if it is started by root: these folders are its own.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const configuration = `
    ${user} daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'logs/error.log')}; worker_processes 1;
    events {}
    http { access_log off; ${temporary}
      ${servers(`unix:${socket}`)} }`;
  writeFileSync(join(folder, 'nginx.conf'), configuration);
  const arguments_ = ['-p', folder, '-e', join(folder, 'logs/error.log'), '-c', join(folder, 'nginx.conf')];
  execFileSync('nginx', ['-t', '-q', ...arguments_]);
  const child = spawn('nginx', arguments_, { stdio: 'ignore' });
  const forwarder = await forward(socket, child);
  ENDS.push(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    await new Promise((resolve) => forwarder.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  return (forwarder.address() as AddressInfo).port;
}

/** Forwards a free port to a socket in the file system, as soon as something listens there. */
async function forward(path: string, child: ChildProcess): Promise<Server> {
  while (!(await listens(path))) {
    if (child.exitCode !== null) throw new Error(`nginx has ended with ${child.exitCode}`);
  }
  const forwarder = createServer((client) => {
    const upstream = connect(path);
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => forwarder.listen(0, '127.0.0.1', resolve));
  return forwarder;
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.on('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => {
      resolve(false);
    });
  });
}
