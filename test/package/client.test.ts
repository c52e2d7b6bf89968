import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileAll, type Project, SETTINGS } from './support/compiler';
import { copyWithDependencies, readJson, ROOT, runNode } from './support/consumer';

let folder: string;

/** What the compiler has said with each of them. */
const said = new Map<string, string>();

/** A folder of a program of a type of module, to be compiled with some options. */
function projectOf([name, type, options]: (typeof SETTINGS)[number]): Project {
  const at = path.join(folder, name.replaceAll(/\W/g, '-'));
  mkdirSync(at);
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ type }));
  cpSync(path.join(__dirname, 'consumer/hub-client.ts'), path.join(at, 'hub-client.ts'));
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    noEmit: true,
    ...options,
  };
  return { at, options: compilerOptions };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'writer-hub-client-'));
  const installed = path.join(folder, 'node_modules/writer-hub');
  mkdirSync(path.join(installed, 'dist'), { recursive: true });
  // The client alone: it must need nothing of the server.
  cpSync(path.join(ROOT, 'dist/client'), path.join(installed, 'dist/client'), { recursive: true });
  cpSync(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
  copyWithDependencies('@microsoft/signalr', folder);
  const outputs = await compileAll(SETTINGS.map(projectOf));
  for (const [index, [name]] of SETTINGS.entries()) said.set(name, outputs[index]!);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('writer-hub/client', () => {
  it.each(SETTINGS)('has types that hold with %s, and know nothing of Node.js', (name) => {
    expect(said.get(name)).toBe('');
  });

  it('is one copy for import and require, with the same names', async () => {
    const program = `
      import * as imported from 'writer-hub/client';
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('writer-hub/client');
      const names = Object.keys(required).sort();
      console.log(names.join(), names.every((name) => imported[name] === required[name]));
    `;
    writeFileSync(path.join(folder, 'copies.mjs'), program);
    expect(await runNode(['copies.mjs'], folder)).toEqual({ code: 0, output: 'HubError,WriterHubClient true\n' });
  });

  it('has files for pages in its package', () => {
    const { exports, files } = readJson(path.join(ROOT, 'package.json')) as {
      exports: Record<string, { import: { browser: string } } | string>;
      files: string[];
    };
    expect(files).toContain('dist');
    expect(exports['./client']).toMatchObject({ import: { browser: './dist/client/browser.mjs' } });
    expect(exports['./client/browser']).toBe('./dist/client/browser.js');
  });
});
