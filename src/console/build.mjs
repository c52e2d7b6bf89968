/** Bundles the console into `dist/console/`: a page, and files whose names change with their contents. */
import { Buffer } from 'node:buffer';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(SOURCE, '../..');
const TARGET = path.join(ROOT, 'dist/console');

await mkdir(TARGET, { recursive: true });

const COMMON = {
  absWorkingDir: ROOT,
  outdir: TARGET,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  tsconfig: 'src/console/tsconfig.json',
  bundle: true,
  target: 'es2022',
  minify: true,
  metafile: true,
  write: false,
  loader: { '.svg': 'copy' },
  legalComments: 'none',
  logLevel: 'warning',
};

const MODULES = {
  main: 'src/console/main.tsx',
  style: 'src/console/styles/index.css',
  icon: 'src/console/icon.svg',
};

/** A script that runs before anything is drawn: no module, which would wait for the page. */
const SCRIPTS = { theme: 'src/console/theme/theme-entry.ts' };

const results = await Promise.all([
  build({ ...COMMON, entryPoints: MODULES, splitting: true, format: 'esm' }),
  build({ ...COMMON, entryPoints: SCRIPTS, format: 'iife' }),
]);
const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));

/** The name of the file that was made of an entry. */
function made(name) {
  const entry = { ...MODULES, ...SCRIPTS }[name];
  const found = outputs.find(([, { entryPoint, inputs }]) => (entryPoint ?? Object.keys(inputs)[0]) === entry);
  if (found === undefined) throw new Error(`nothing was made of ${name}`);
  return path.basename(found[0]);
}

const page = await readFile(path.join(SOURCE, 'index.html'), 'utf8');
const named = page.replace(/\{(\w+)\}/g, (_, name) => `console/${made(name)}`);

/** Puts a file in its place whole, if it is not there: a server may be giving it out. */
async function put(file, contents) {
  const there = await readFile(file).catch(() => undefined);
  if (there?.equals(contents) === true) return;
  const written = path.join(TARGET, '..', `${path.basename(file)}.${process.pid}`);
  await writeFile(written, contents);
  await rename(written, file);
}

const files = results.flatMap(({ outputFiles }) => outputFiles);
for (const file of files) await put(file.path, Buffer.from(file.contents));
await put(path.join(TARGET, 'index.html'), Buffer.from(named));

// What is left of an earlier build.
const kept = new Set(['index.html', ...files.map((file) => path.basename(file.path))]);
for (const name of await readdir(TARGET)) if (!kept.has(name)) await rm(path.join(TARGET, name), { force: true });
