import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkNativeModule } from '../../src/store/sqlite/file/native-module';
import { SECRET, temporaryDirectory } from '../support/test-hub';

const PROJECT = join(__dirname, '../..');
const REMEDY = 'run "npm rebuild better-sqlite3"';

/** An installation whose native module is this text, or is missing. */
function installation(module: string | undefined): string {
  const folder = temporaryDirectory();
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
  if (module !== undefined) {
    mkdirSync(join(own, 'build/Release'), { recursive: true });
    writeFileSync(join(own, 'build/Release/better_sqlite3.node'), module);
  }
  return folder;
}

async function run(folder: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
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
    const folder = installation(module);
    const { code, stdout, stderr } = await run(folder, 'serve', '--port', '0', '--data-dir', 'here');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^writer-hub: SQLite cannot be loaded: [^\n]*\n$/);
    expect(stderr).toContain(reason);
    expect(stderr).toContain(REMEDY);
    expect(stderr.length).toBeLessThanOrEqual(350);
    // Nothing was made, no secret either.
    expect(readdirSync(folder).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  });

  it('runs what does not need it', async () => {
    const folder = installation(undefined);
    expect(await run(folder, 'token', '--scope', 'admin')).toMatchObject({ code: 0, stderr: '' });
    expect(await run(folder, '--version')).toMatchObject({ code: 0, stderr: '' });
    expect(await run(folder, 'serve', '--help')).toMatchObject({ code: 0, stderr: '' });
    const { stderr } = await run(folder, 'topics', '--url', 'http://127.0.0.1:1');
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
