import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyFile, sha256Of } from '../../../src/cli/backup/files';
import { temporaryDirectory } from '../../support/test-hub';

const NEVER = new AbortController().signal;

describe('copyFile', () => {
  it('copies a file for its owner alone, and gives the SHA-256 of it', async () => {
    const folder = temporaryDirectory();
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    writeFileSync(from, 'x'.repeat(3_000_000));
    expect(await copyFile(from, to, NEVER)).toBe(await sha256Of(from, NEVER));
    expect(readFileSync(to, 'utf8')).toBe(readFileSync(from, 'utf8'));
    expect(statSync(to).mode & 0o777).toBe(0o600);
  });

  it('makes no file, then or later, when there is none to copy', async () => {
    const folder = temporaryDirectory();
    const to = join(folder, 'to');
    for (let time = 0; time < 50; time++) {
      await expect(copyFile(join(folder, 'none'), to, NEVER)).rejects.toThrow('ENOENT');
      await new Promise((resolve) => void setImmediate(resolve));
      expect(existsSync(to)).toBe(false);
    }
  });

  it('replaces nothing', async () => {
    const folder = temporaryDirectory();
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    writeFileSync(from, 'new');
    writeFileSync(to, 'old');
    await expect(copyFile(from, to, NEVER)).rejects.toThrow('EEXIST');
    expect(readFileSync(to, 'utf8')).toBe('old');
  });

  it('stops when it is interrupted', async () => {
    const folder = temporaryDirectory();
    const from = join(folder, 'from');
    writeFileSync(from, 'x');
    await expect(copyFile(from, join(folder, 'to'), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
