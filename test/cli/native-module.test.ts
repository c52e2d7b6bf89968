import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkNativeModule } from '../../src/store/sqlite/file/native-module';
import { SECRET } from '../support/test-hub';

const PROJECT = join(__dirname, '../..');
const REMEDY = 'run "npm rebuild better-sqlite3"';

/** An installation for all tests, of which each chooses the native module. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'writer-hub-installation-'));
  cpSync(join(PROJECT, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(PROJECT, 'node_modules'))) {
    if (name !== 'better-sqlite3') symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name));
  }
  const own = join(modules, 'better-sqlite3');
  cpSync(join(PROJECT, 'node_modules/better-sqlite3/lib'), join(own, 'lib'), { recursive: true });
  cpSync(join(PROJECT, 'node_modules/better-sqlite3/package.json'), join(own, 'package.json'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Makes the native module be this text, or be missing. */
function setNativeModule(text: string | undefined): void {
  const build = join(folder, 'node_modules/better-sqlite3/build');
  rmSync(build, { recursive: true, force: true });
  if (text === undefined) return;
  mkdirSync(join(build, 'Release'), { recursive: true });
  writeFileSync(join(build, 'Release/better_sqlite3.node'), text);
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'] ?? '', WRITER_HUB_JWT_SECRET: SECRET };
  try {
    const done = await promisify(execFile)(process.execPath, ['dist/main.js', ...args], { cwd: folder, env });
    return { code: 0, ...done };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('an installation without the native module of SQLite', () => {
  it.each([
    ['is missing', undefined, 'its module has not been built for'],
    ['is of another machine', '\x7fELF of something else', 'its module is not one for'],
    ['is no module', 'hello', 'its module is not one for'],
  ])('says so first, and how to mend it, when the module %s', async (_, module, reason) => {
    setNativeModule(module);
    const { code, stdout, stderr } = await run('serve', '--port', '0', '--data-dir', 'here');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^writer-hub: SQLite cannot be loaded: [^\n]*\n$/);
    expect(stderr).toContain(reason);
    expect(stderr).toContain(REMEDY);
    expect(stderr.length).toBeLessThanOrEqual(350);
    // Nothing was made, no secret either.
    expect(readdirSync(folder).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  });

  it('says so when its package is not there at all', async () => {
    const own = join(folder, 'node_modules/better-sqlite3');
    renameSync(own, `${own}-hidden`);
    try {
      const { code, stdout, stderr } = await run('serve', '--port', '0', '--data-dir', 'here');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        'writer-hub: better-sqlite3 is missing: run "npm install" in the folder of the installation\n',
      );
    } finally {
      renameSync(`${own}-hidden`, own);
    }
  });

  it('runs what does not need it', async () => {
    setNativeModule(undefined);
    expect(await run('token', '--scope', 'admin')).toMatchObject({ code: 0, stderr: '' });
    expect(await run('--version')).toMatchObject({ code: 0, stderr: '' });
    expect(await run('serve', '--help')).toMatchObject({ code: 0, stderr: '' });
    const { stderr } = await run('topics', '--url', 'http://127.0.0.1:1');
    expect(stderr).toMatch(/^writer-hub: cannot reach http:\/\/127\.0\.0\.1:1: /);
  });
});

describe('checkNativeModule', () => {
  it.each([
    [
      "The module 'x.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 127.",
      'for another Node.js',
    ],
    ['Could not locate the bindings file. Tried:\n → /a/build', 'has not been built for'],
    ["/lib/libc.so.6: version `GLIBC_2.38' not found (required by x.node)", "GLIBC_2.38' not found"],
    ['x.node: invalid ELF header', 'invalid ELF header'],
  ])('says what is wrong with a module: %j', (message, reason) => {
    const check = (): void => {
      checkNativeModule(() => {
        throw new Error(message);
      });
    };
    expect(check).toThrow(reason);
    expect(check).toThrow(REMEDY);
  });

  it('finds nothing wrong here', () => {
    expect(() => {
      checkNativeModule();
    }).not.toThrow();
  });
});
