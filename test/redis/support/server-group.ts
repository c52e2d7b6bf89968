import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type HubConnection, HubConnectionBuilder, HttpTransportType, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import type { BackplaneStatus } from '../../../src/signalr';
import type { LibraryName } from './redis-libraries';

/** What a server says of itself. */
export interface ServerStatus extends BackplaneStatus {
  readonly connections: number;
  readonly logged: readonly string[];
}

/** A client of one server, and the values of the calls of `M` it has heard. */
export interface Listener {
  readonly connection: HubConnection;
  readonly id: string;
  readonly heard: unknown[];
}

/** How a client connects. */
export interface ClientSettings {
  readonly user?: string;
  readonly transport?: HttpTransportType;
  readonly messagePack?: boolean;
}

interface Running {
  readonly url: string;
  readonly process: ChildProcess;
}

/** Servers in processes of their own, which share a Redis. */
export class ServerGroup {
  readonly servers: Running[] = [];
  readonly #connections: HubConnection[] = [];

  static async start(library: LibraryName, redisPort: number, count = 3): Promise<ServerGroup> {
    const group = new ServerGroup();
    const started = Array.from({ length: count }, () => startServer(library, redisPort));
    group.servers.push(...(await Promise.all(started)));
    return group;
  }

  url(index: number): string {
    return this.servers[index]!.url;
  }

  connectTo(index: number, settings: ClientSettings = {}): Promise<Listener> {
    return this.connectAt(this.url(index), settings);
  }

  async connectAt(url: string, { user, transport, messagePack = false }: ClientSettings = {}): Promise<Listener> {
    const headers: Record<string, string> = user === undefined ? {} : { user };
    const builder = new HubConnectionBuilder()
      .withUrl(url, { headers, transport: transport ?? HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None);
    if (messagePack) builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.build();
    const heard: unknown[] = [];
    connection.on('M', (value: unknown) => {
      heard.push(value);
    });
    connection.on('Question', (value: unknown) => [value, 'answered']);
    await connection.start();
    this.#connections.push(connection);
    return { connection, id: await connection.invoke<string>('Id'), heard };
  }

  /** What a server says of itself, asked over a connection to it. */
  async status({ connection }: Listener): Promise<ServerStatus> {
    return connection.invoke<ServerStatus>('Status');
  }

  async kill(index: number): Promise<void> {
    const child = this.servers[index]!.process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Ends the clients, not the servers. */
  async disconnect(): Promise<void> {
    await Promise.allSettled(this.#connections.splice(0).map((connection) => connection.stop()));
  }

  async close(): Promise<void> {
    await this.disconnect();
    for (const index of this.servers.keys()) await this.kill(index);
  }
}

async function startServer(library: LibraryName, redisPort: number): Promise<Running> {
  const file = path.join(__dirname, 'server-process.ts');
  const options = ['--import', 'tsx', file, library, String(redisPort)];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  let url = '';
  child.stdout.setEncoding('utf8');
  while (!url.endsWith('\n')) url += String((await once(child.stdout, 'data'))[0]);
  child.stdout.resume();
  return { url: url.trim(), process: child };
}

/** Resolves when a condition holds; the test's time-out ends the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await turn();
}
