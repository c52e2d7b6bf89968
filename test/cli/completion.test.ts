import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runHere } from '../support/command-here';
import { temporaryDirectory } from '../support/test-hub';

/** The script as a file. */
async function script(shell: string): Promise<string> {
  const { code, stdout } = await runHere(['completion', shell]);
  expect(code).toBe(0);
  const path = join(temporaryDirectory(), `completion.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** What bash offers for the last word of a line. */
async function offered(path: string, words: readonly string[], cwd?: string): Promise<string[]> {
  const code = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _writer_hub; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', code, path, 'writer-hub', ...words], { cwd });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('writer-hub completion bash', () => {
  it.each<[string[], string[]]>([
    [['st'], ['status', 'streams']],
    [['rem'], ['remove']],
    [['--v'], ['--version']],
    [
      ['status', '--'],
      ['--url', '--metrics-url', '--token', '--json', '--help'],
    ],
    [
      ['sql', '--format', ''],
      ['table', 'json', 'ndjson', 'csv'],
    ],
    [['sql', '--format', 'j'], ['json']],
    [['tail', 'cars', '--order', 'd'], ['desc']],
    [
      ['datasource', ''],
      ['push', 'list'],
    ],
    [['datasource', 'push', 'f', '--n'], ['--name']],
    [['completion', 'z'], ['zsh']],
    [['streams', ''], []],
    // A topic may be called as a command is.
    [['streams', 'sql', '--lim'], ['--limit']],
    [['serve', '--max-top'], ['--max-topics']],
  ])('offers for %j: %j', async (words, expected) => {
    expect(await offered(await script('bash'), words)).toEqual(expected);
  });

  it('offers files where a directory or a file is meant, spaces in their names as well', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'my backup'), '');
    const path = await script('bash');
    for (const words of [
      ['restore', 'my'],
      ['status', '--data-dir', 'my'],
      ['backup', '--data-dir', 'my'],
    ]) {
      expect(await offered(path, words, folder)).toEqual(words[0] === 'status' ? [] : ['my backup']);
    }
  });
});

describe('writer-hub completion', () => {
  it.each(['zsh', 'fish'])('names every command and its options for %s, apostrophes escaped', async (shell) => {
    const { stdout } = await runHere(['completion', shell]);
    for (const name of ['backup', 'restore', 'remove', 'metrics-url', 'max-topics']) expect(stdout).toContain(name);
    // Each quotation begins and ends on its line.
    const bare = stdout.replaceAll(shell === 'zsh' ? String.raw`'\''` : String.raw`\'`, '');
    for (const line of bare.split('\n')) expect((line.match(/'/g) ?? []).length % 2).toBe(0);
  });

  it('refuses a shell that it does not know', async () => {
    const { code, stderr } = await runHere(['completion', 'tcsh']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
  });
});
