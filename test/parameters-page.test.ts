import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestHub, token } from './support/test-hub';

const PAGE = readFileSync(join(__dirname, '../docs/parameters.md'), 'utf8');

/** The commands of the page, as they are pasted, and the answers that it shows. */
const COMMANDS = [...PAGE.matchAll(/^ {4}(curl [^]*?)\n\n/gm)].map(([, command = '']) => command);
const ANSWERS = [...PAGE.matchAll(/^```json\n([^]*?)^```/gm)].map(([, answer = '']) => JSON.parse(answer) as unknown);

describe('docs/parameters.md', () => {
  it('shows what its commands are answered', async () => {
    const hub = await TestHub.start({ shutdownTimeout: 200 });
    const env = { ...process.env, URL: hub.url, TOKEN: token('create', 'read:*') };
    const run = async (command: string): Promise<string> =>
      (await promisify(execFile)('bash', ['-c', command.replace('curl ', 'curl -fsS ')], { env })).stdout;
    const [sending = '', ...reading] = COMMANDS;
    expect(await run(sending)).toBe('');
    const answers: unknown[] = [];
    for (const command of reading) answers.push(JSON.parse(await run(command)));
    expect(answers).toEqual(ANSWERS);
    expect(answers).toHaveLength(2);
  });
});
