import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const CHILDREN: ChildProcess[] = [];
const CONNECTIONS: HubConnection[] = [];

afterEach(async () => {
  for (const connection of CONNECTIONS.splice(0)) await connection.stop();
  for (const child of CHILDREN.splice(0)) {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }
});

/** Runs an example as its README says, on a free port, and returns the address it prints. It ends with the test. */
export async function runExample(name: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${name}/server.ts`], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  CHILDREN.push(child);
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return url;
}

/** A stock client that is not started yet. It stops with the test. */
export function client(url: string): HubConnection {
  const connection = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build();
  CONNECTIONS.push(connection);
  return connection;
}
