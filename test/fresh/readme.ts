// Follows the README as a newcomer would: a copy of what git has in an empty directory, and every shell block of the
// page as it is pasted, in order, in one shell. Another port takes the place of 8080, so that a server of one's own may
// go on running.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { ROOT } from '../../bench/support/process';
import { print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { copyProject } from '../lts/project-copy';

/** What the blocks have to print, in this order: one line or text of each that has something to say. */
const EXPECTED = [
  '{"status":"ready"}',
  'HTTP/1.1 200 OK',
  'Sent event data',
  '"offset":"1","timestamp":1618133869000000000,"id":"Alert","value":"Help","tags":{"capacity":"over"}',
  '"numericValues":{"Speed":[120.50,121.25]}',
  '"max":[121.25],"maxTimestamps":[1700000000500000000],"mean":[120.875]',
  '{"successful_rows":1,"quarantined_rows":0}',
  'Chicago',
  'http://127.0.0.1:',
];

/** The longest that all of it may take, in milliseconds; most of it is the installation. */
const LIMIT = 600_000;

/** The shell blocks of a page, in order. */
function shellBlocks(page: string): string[] {
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs a script in a shell of its own process group, which ends with it, and gives all it printed. */
async function runShell(script: string, cwd: string, port: number): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, PORT: String(port), WRITER_HUB_URL: `http://127.0.0.1:${port}` };
  const shell = spawn('bash', ['-e', '-s'], { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const endGroup = (): void => {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGTERM');
  };
  const overdue = setTimeout(endGroup, LIMIT - 10_000);
  shell.stdin.end(script);
  const [code] = (await once(shell, 'exit')) as [number | null];
  clearTimeout(overdue);
  // The server that the page starts in the background is still there.
  endGroup();
  await once(shell, 'close');
  return { code, output };
}

/** The first expected text that is missing behind those before it. */
function firstMissing(output: string): string | undefined {
  let at = 0;
  for (const text of EXPECTED) {
    const found = output.indexOf(text, at);
    if (found === -1) return text;
    at = found + text.length;
  }
  return undefined;
}

void runScript(LIMIT, () =>
  withTemporaryDirectory(async (directory) => {
    copyProject(ROOT, directory);
    const port = await freePort();
    const blocks = shellBlocks(readFileSync(path.join(ROOT, 'README.md'), 'utf8'));
    const script = blocks.join('\n').replaceAll(':8080', `:${port}`);
    const { code, output } = await runShell(script, directory, port);
    const missing = firstMissing(output);
    const isGood = code === 0 && missing === undefined;
    if (!isGood) print(output);
    print(
      isGood
        ? `README: ${blocks.length} blocks ran as pasted, in one shell`
        : `README: exit code ${String(code)}${missing === undefined ? '' : `, missing: ${missing}`}`,
    );
    return isGood;
  }),
);
