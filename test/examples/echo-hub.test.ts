import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

describe('examples/echo-hub', () => {
  let example: ChildProcess | undefined;

  afterEach(async () => {
    if (example === undefined) return;
    const exited = once(example, 'exit');
    example.kill();
    await exited;
  });

  it('runs as its README says and serves the stock client', async () => {
    const args = ['--import', 'tsx', 'examples/echo-hub/server.ts'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    example = child;
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    const connection = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build();
    const greeted = new Promise((resolve) => {
      connection.on('Greeting', resolve);
    });
    await connection.start();
    await connection.invoke('Greet', 'Ann');
    expect(await greeted).toBe(`Hello Ann, you are ${connection.connectionId ?? ''}.`);
    expect(await connection.invoke('Add', 1, 2)).toBe(3);
    expect(await connection.invoke('Echo', null)).toBeNull();
    await expect(connection.invoke('Greet', '')).rejects.toThrow('A name is needed.');
    await connection.stop();
  });
});
