import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.join(__dirname, '../../..');

export const PACKAGE = path.join(ROOT, 'packages/signalr');

const NPM_OPTIONS = ['--loglevel=error', '--no-audit', '--no-fund', '--fetch-retries=0', '--fetch-timeout=15000'];

const execute = promisify(execFile);

/** How a program ended. */
export interface Ending {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of Node.js to its end. */
export async function runNode(args: readonly string[], cwd: string): Promise<Ending> {
  try {
    const { stdout, stderr } = await execute(process.execPath, args, { cwd, maxBuffer: Infinity });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** Packs what the build has made, and returns the path of the tarball. */
export function pack(to: string): string {
  execFileSync(process.execPath, ['pack-docs.mjs'], { cwd: PACKAGE });
  const args = ['pack', '--ignore-scripts', '--pack-destination', to, ...NPM_OPTIONS];
  execFileSync('npm', args, { cwd: PACKAGE, stdio: 'pipe' });
  const [tarball = ''] = readdirSync(to).filter((name) => name.endsWith('.tgz'));
  return path.join(to, tarball);
}

/** Copies a package of this project, without the packages it depends on. */
export function copyPackage(name: string, folder: string): void {
  cpSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name), { recursive: true });
}

/** Copies a package of this project and all that it depends on, which lies beside it. */
export function copyWithDependencies(name: string, folder: string): void {
  if (existsSync(path.join(folder, 'node_modules', name))) return;
  copyPackage(name, folder);
  const { dependencies = {} } = readJson(path.join(folder, 'node_modules', name, 'package.json')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) copyWithDependencies(dependency, folder);
}

/** Installs a tarball into a folder; where there is no registry, with what this project has of the same packages. */
export function install(tarball: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  try {
    const args = ['install', '--prefer-offline', tarball, ...NPM_OPTIONS];
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe' });
  } catch {
    installWithoutRegistry(tarball, folder);
  }
}

/** What npm does, for packages whose dependencies have none themselves. */
export function installWithoutRegistry(tarball: string, folder: string): void {
  rmSync(path.join(folder, 'node_modules'), { recursive: true, force: true });
  const target = path.join(folder, 'node_modules/signalr-server');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  const { dependencies } = readJson(path.join(target, 'package.json')) as { dependencies: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    const { dependencies: more = {} } = readJson(path.join(ROOT, 'node_modules', name, 'package.json')) as {
      dependencies?: object;
    };
    expect(more).toEqual({});
    copyPackage(name, folder);
  }
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The files below a folder, relative to it. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name)).isFile(),
  );
}

/** The names of the packages that a folder has installed. */
export function installedPackages(folder: string): string[] {
  const modules = path.join(folder, 'node_modules');
  return readdirSync(modules)
    .flatMap((name) => (name.startsWith('@') ? readdirSync(path.join(modules, name)).map((n) => `${name}/${n}`) : name))
    .filter((name) => existsSync(path.join(modules, name, 'package.json')))
    .sort();
}
