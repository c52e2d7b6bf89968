/** Bundles the console into `dist/console/`: a page, and files whose names change with their contents. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(SOURCE, '../..');
const TARGET = path.join(ROOT, 'dist/console');

/** Written anew, so that nothing of an earlier build is served. */
await rm(TARGET, { recursive: true, force: true });
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
await writeFile(path.join(TARGET, 'index.html'), named);
