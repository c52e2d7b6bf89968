import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LIBRARIES, resolveLibrary } from './redis-libraries';

/** Why the suite cannot run here; `undefined` when it can. */
export function missing(): string | undefined {
  if (spawnSync('redis-server', ['--version']).status !== 0) return 'redis-server is not installed';
  try {
    for (const name of LIBRARIES) resolveLibrary(name);
  } catch {
    return 'the client libraries are not installed: npm ci --prefix test/redis';
  }
  return undefined;
}

/** A Redis of its own, that can be stopped and started again on its port. */
export class RedisProcess {
  readonly port: number;
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'redis-'));
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort());
    await redis.start();
    return redis;
  }

  /** A port on which there is no Redis until it is started. */
  static async prepare(): Promise<RedisProcess> {
    return new RedisProcess(await freePort());
  }

  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.#directory];
    const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes('Ready to accept connections')) break;
    }
    expect(text).toContain('Ready to accept connections');
  }

  /** Kills it: its clients lose their sockets. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
