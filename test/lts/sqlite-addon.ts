import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { runOn } from './command';
import { installNode, packageVersion, type NodeRelease } from './node-release';

/**
 * The release of Node.js whose headers better-sqlite3 is compiled against, as its prebuilt files are. Those of 24.19 and
 * later make every addon that uses `ObjectWrap` abort in garbage collection (nodejs/node#65446).
 */
const HEADERS = '24.18.0';

/** Compiled files stay here from one run to the next: compiling SQLite takes minutes. */
const CACHE = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'writer-hub');

/** Gives the better-sqlite3 of a project the native file for this release of Node.js. */
export async function provideSqliteAddon(project: string, node: NodeRelease, scratch: string): Promise<void> {
  const home = path.join(project, 'node_modules', 'better-sqlite3');
  const built = path.join(home, 'build', 'Release', 'better_sqlite3.node');
  const cached = path.join(CACHE, `better-sqlite3-${packageVersion(home)}-node-${HEADERS}-linux-x64.node`);
  if (existsSync(cached)) {
    mkdirSync(path.dirname(built), { recursive: true });
    copyFileSync(cached, built);
    return;
  }
  const headers = await installNode(HEADERS, scratch);
  const env = { JOBS: 'max', npm_config_nodedir: headers.home };
  await runOn(node, ['npm', 'run', '--silent', 'build-release'], { cwd: home, env, quiet: true });
  mkdirSync(CACHE, { recursive: true });
  copyFileSync(built, `${cached}.${process.pid}`);
  renameSync(`${cached}.${process.pid}`, cached);
}
