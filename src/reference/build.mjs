/**
 * Writes what describes the server into `dist/reference-files/`, after the compiler: documents made from the table of
 * routes and the descriptions of the hub's methods, the pages, and under `assets/` what the pages are made of, by names
 * that change with the contents.
 */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { stringify } from 'yaml';

const require = createRequire(import.meta.url);
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const TARGET = path.join(ROOT, 'dist/reference-files');
const ASSETS = path.join(TARGET, 'assets');
const SWAGGER_UI = path.dirname(require.resolve('swagger-ui-dist/package.json'));

const { openApiDocument } = require('../../dist/reference/openapi-document.js');
const { asyncApiDocument } = require('../../dist/reference/asyncapi-document.js');
const { hubPage } = require('../../dist/reference/hub-page.js');
const { version } = require('../../dist/version.js');

/** The licences of what is copied, beside it. */
const LICENCES = { LICENSE: 'swagger-ui-LICENSE.txt', NOTICE: 'swagger-ui-NOTICE.txt' };
const BUNDLE_LICENCES = 'swagger-ui-bundle.js.LICENSE.txt';

const ENTRIES = {
  swaggerUi: path.join(SWAGGER_UI, 'swagger-ui-bundle.js'),
  swaggerStyle: path.join(SWAGGER_UI, 'swagger-ui.css'),
  page: 'src/swagger/page.ts',
  style: 'src/swagger/page.css',
  hubStyle: 'src/reference/hub-page.css',
};

/** Written anew, so that nothing of an earlier build is served. */
await rm(TARGET, { recursive: true, force: true });
await mkdir(ASSETS, { recursive: true });

const COMMON = {
  absWorkingDir: ROOT,
  outdir: ASSETS,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  target: 'es2022',
  metafile: true,
  logLevel: 'warning',
};
const { swaggerUi, swaggerStyle, ...OWN } = ENTRIES;
const results = await Promise.all([
  build({ ...COMMON, entryPoints: { swaggerUi, swaggerStyle }, loader: { '.js': 'copy', '.css': 'copy' } }),
  build({
    ...COMMON,
    entryPoints: OWN,
    bundle: true,
    minify: true,
    format: 'iife',
    tsconfig: 'src/swagger/tsconfig.json',
  }),
]);
const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));

/** The address of what was made of an entry, relative to the pages. */
function made(name) {
  const source = path.resolve(ROOT, ENTRIES[name]);
  const found = outputs.find(
    ([, { inputs, entryPoint = Object.keys(inputs)[0] }]) => path.resolve(ROOT, entryPoint) === source,
  );
  if (found === undefined) throw new Error(`nothing was made of ${name}`);
  return `reference/${path.basename(found[0])}`;
}

const openApi = openApiDocument();
const page = await readFile(path.join(ROOT, 'src/swagger/swagger.html'), 'utf8');
const files = {
  'openapi.json': JSON.stringify(openApi),
  'openapi.yaml': stringify(openApi, { aliasDuplicateObjects: false, lineWidth: 0, compat: 'yaml-1.1' }),
  'asyncapi.json': JSON.stringify(asyncApiDocument()),
  'hub-methods.html': hubPage({ style: made('hubStyle'), version }),
  'swagger.html': page.replace(/\{(\w+)\}/g, (_, name) => made(name)),
};
for (const [name, text] of Object.entries(files)) await writeFile(path.join(TARGET, name), text);
for (const [from, to] of Object.entries(LICENCES)) await copyFile(path.join(SWAGGER_UI, from), path.join(ASSETS, to));
await copyFile(path.join(SWAGGER_UI, BUNDLE_LICENCES), path.join(ASSETS, BUNDLE_LICENCES));
