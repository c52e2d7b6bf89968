// Puts the native file of better-sqlite3 where its installation looks for one it has downloaded before: the copies of
// the project that are installed later need not compile it once more.
const { execFileSync } = require('node:child_process');
const { existsSync, mkdirSync } = require('node:fs');
const path = require('node:path');
const process = require('node:process');

const addon = path.dirname(require.resolve('better-sqlite3/package.json'));
process.env.npm_config_cache ??= execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
const load = (name) => require(require.resolve(name, { paths: [addon] }));
const pkg = require(path.join(addon, 'package.json'));
const { cachedPrebuild, getDownloadUrl } = load('prebuild-install/util');
process.chdir(addon);
const kept = cachedPrebuild(getDownloadUrl({ ...load('prebuild-install/rc')(pkg), pkg }));
if (!existsSync(kept)) {
  mkdirSync(path.dirname(kept), { recursive: true });
  execFileSync('tar', ['-czf', kept, 'build/Release/better_sqlite3.node']);
}
