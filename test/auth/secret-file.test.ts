import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadOrCreateSecret, type LoadedSecret } from '../../src/auth/secret-file';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'writer-hub-secret-'));
  path = join(directory, 'secret');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('loadOrCreateSecret', () => {
  it('makes a secret that only its owner may read, and nothing beside it', () => {
    const { secret, ...rest } = loadOrCreateSecret(directory);
    expect(rest).toEqual({ created: true, exposed: false, path });
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(readFileSync(path, 'utf8')).toBe(`${secret}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['secret']);
  });

  it('gives the same secret afterwards', () => {
    const { secret } = loadOrCreateSecret(directory);
    expect(loadOrCreateSecret(directory)).toEqual({ secret, created: false, exposed: false, path });
  });

  it('writes nothing when there is a secret', () => {
    loadOrCreateSecret(directory);
    utimesSync(directory, 1, 1);
    loadOrCreateSecret(directory);
    expect(statSync(directory).mtimeMs).toBe(1000);
  });

  it('leaves no file open, whether the secret is made, read or refused', () => {
    const before = readdirSync('/dev/fd').length;
    for (let time = 0; time < 3; time += 1) loadOrCreateSecret(directory);
    writeFileSync(path, 'short');
    for (let time = 0; time < 3; time += 1) expect(() => loadOrCreateSecret(directory)).toThrow('holds 5 bytes');
    expect(readdirSync('/dev/fd')).toHaveLength(before);
  });

  it('makes a different secret for each directory', () => {
    const other = join(directory, 'other');
    expect(loadOrCreateSecret(directory).secret).not.toBe(loadOrCreateSecret(other).secret);
  });

  it('makes the data directory, for its owner only', () => {
    const deep = join(directory, 'a', 'b');
    expect(loadOrCreateSecret(deep).created).toBe(true);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  it('takes a secret that a person wrote, without the space around it', () => {
    writeFileSync(path, `  ${'é'.repeat(16)}\r\n\n`, { mode: 0o600 });
    expect(loadOrCreateSecret(directory)).toMatchObject({ secret: 'é'.repeat(16), created: false });
  });

  it.each([
    ['group', 0o640],
    ['the world', 0o604],
  ])('says when the file may be read by %s', (_name, mode) => {
    loadOrCreateSecret(directory);
    chmodSync(path, mode);
    expect(loadOrCreateSecret(directory)).toMatchObject({ created: false, exposed: true });
  });

  it('thinks nothing of the mode on Windows, which makes it up', () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
    loadOrCreateSecret(directory);
    chmodSync(path, 0o666);
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
    try {
      expect(loadOrCreateSecret(directory).exposed).toBe(false);
    } finally {
      Object.defineProperty(process, 'platform', platform);
    }
  });

  it.each([
    ['empty', '', 0],
    ['blank', ' \n'.repeat(50), 0],
    ['cut short', 'x'.repeat(31), 31],
  ])('refuses a file that is %s, and leaves it as it is', (_name, text, bytes) => {
    writeFileSync(path, text);
    expect(() => loadOrCreateSecret(directory)).toThrow(
      `${path} holds ${bytes} bytes and a secret needs at least 32: restore the file, or delete it`,
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('refuses a directory in place of the file', () => {
    mkdirSync(path);
    expect(() => loadOrCreateSecret(directory)).toThrow('EISDIR');
  });

  it('refuses a link that leads nowhere, and leaves nothing behind', () => {
    symlinkSync(join(directory, 'nowhere'), path);
    expect(() => loadOrCreateSecret(directory)).toThrow(`${path} leads nowhere, or was removed`);
    expect(readdirSync(directory)).toEqual(['secret']);
  });

  it('refuses a data directory that is a file, and leaves nothing behind', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(() => loadOrCreateSecret(file)).toThrow('ENOTDIR');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  it('gives processes that start at one moment the same secret, made by one of them', async () => {
    const loaded = await loadInProcesses(4);
    expect(new Set(loaded.map(({ secret }) => secret)).size).toBe(1);
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['secret']);
  });
});

async function loadInProcesses(count: number): Promise<LoadedSecret[]> {
  const script = join(__dirname, 'support', 'load-secret.ts');
  const processes = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  });
  await Promise.all(processes.map(({ lines }) => lines.next()));
  for (const { child } of processes) child.stdin.write('go\n');
  const answers = await Promise.all(processes.map(({ lines }) => lines.next()));
  return answers.map(({ value }) => JSON.parse(String(value)) as LoadedSecret);
}
