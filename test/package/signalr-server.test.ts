import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type HubConnection, HubConnectionBuilder, JsonHubProtocol, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { compileAll, type Project, SETTINGS } from './support/compiler';
import {
  copyPackage,
  copyWithDependencies,
  filesOf,
  install,
  installedPackages,
  installWithoutRegistry,
  pack,
  PACKAGE,
  readJson,
  ROOT,
  runNode,
} from './support/consumer';
import { lineOf, runHub } from './support/programs';
import { readmePrograms, withRequire } from './support/readme';

const MEGABYTE = 1_000_000;

/** How long npm may take, in milliseconds: it waits for a registry that does not answer. */
const INSTALL_LIMIT = 180_000;

/** Three packages: this one, `ws` and `@msgpack/msgpack`. */
const PACKAGES = ['@msgpack/msgpack', 'signalr-server', 'ws'];

let directory: string;
let folder: string;
let tarball: string;
/** What was installed, before other packages are put beside it. */
let installed: { readonly packages: string[]; readonly bytes: number };

/** What the compiler has said of each project. */
const said = new Map<string, string>();

const connections: HubConnection[] = [];

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'signalr-server-'));
  folder = path.join(directory, 'consumer');
  tarball = pack(directory);
  install(tarball, folder);
  const modules = path.join(folder, 'node_modules');
  const bytes = filesOf(modules).reduce((sum, name) => sum + statSync(path.join(modules, name)).size, 0);
  installed = { packages: installedPackages(folder), bytes };
  for (const name of ['@types/node', '@microsoft/signalr']) copyWithDependencies(name, folder);
  const compiled = Object.entries(projects());
  const outputs = await compileAll(compiled.map(([, given]) => given));
  for (const [index, [name]] of compiled.entries()) said.set(name, outputs[index]!);
}, INSTALL_LIMIT);

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.stop();
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A folder beside the installed packages, with files of its own. */
function project(name: string, type: 'commonjs' | 'module', files: Readonly<Record<string, string>>): string {
  const at = path.join(folder, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ type }));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(at, file), text);
  return at;
}

/** All checks, of the packages' own types as well. */
const CHECKS = {
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  // TypeScript's own libraries alone are taken as they are.
  skipDefaultLibCheck: true,
  outDir: 'out',
};

/** A project of files that lie here. */
function consumer(name: string, type: 'commonjs' | 'module', files: readonly string[]): string {
  const at = project(name, type, {});
  for (const file of files) cpSync(path.join(__dirname, 'consumer', file), path.join(at, file));
  return at;
}

/** What is compiled, by name, at once. */
function projects(): Record<string, Project> {
  const { typedHub, client } = readmePrograms();
  for (const major of [1, 3, 5, 6, 7, 8, 9]) copyPackage(`signalr-client-${major}`, folder);
  return {
    ...Object.fromEntries(
      SETTINGS.map(([name, type, options]) => [
        name,
        { at: consumer(`types ${name}`, type, ['hub.ts', 'client.ts']), options: { ...CHECKS, ...options } },
      ]),
    ),
    page: {
      at: consumer('page', 'module', ['page.ts']),
      options: { ...CHECKS, module: 'esnext', moduleResolution: 'bundler', lib: ['es2023'], types: [] },
    },
    majors: {
      at: consumer('majors', 'module', ['hub.ts', 'client-majors.ts']),
      // The types of the old clients do not stand the check of libraries.
      options: { ...CHECKS, module: 'node16', skipLibCheck: true },
    },
    readme: {
      at: project('readme', 'module', { 'chat.ts': typedHub, 'client.ts': client }),
      options: { ...CHECKS, module: 'nodenext', verbatimModuleSyntax: true },
    },
  };
}

describe('the tarball', () => {
  it('is three packages and three megabytes, once it is installed', () => {
    expect(installed.packages).toEqual(PACKAGES);
    expect(installed.bytes).toBeLessThan(3 * MEGABYTE);
  });

  it('is installed without a registry as well', () => {
    const offline = path.join(directory, 'offline');
    mkdirSync(offline);
    installWithoutRegistry(tarball, offline);
    expect(installedPackages(offline)).toEqual(PACKAGES);
  });

  it('has documentation, license and changelog, and source maps with their sources', () => {
    const at = path.join(folder, 'node_modules/signalr-server');
    const files = filesOf(at);
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE', 'docs/signalr.md', 'package.json', 'index.mjs']),
    );
    expect(readFileSync(path.join(at, 'docs/signalr.md'), 'utf8')).not.toContain('](../');
    expect(readFileSync(path.join(at, 'LICENSE'), 'utf8')).toBe(readFileSync(path.join(ROOT, 'LICENSE'), 'utf8'));
    const maps = files.filter((name) => name.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(0);
    const bare = maps.filter((name) => {
      const { sources, sourcesContent = [] } = readJson(path.join(at, name)) as {
        sources: string[];
        sourcesContent?: (string | null)[];
      };
      return sourcesContent.filter((text) => typeof text === 'string').length !== sources.length;
    });
    expect(bare).toEqual([]);
  });

  it('runs nothing when it is installed, and has the version that Writer hub depends on', () => {
    const { version, scripts } = readJson(path.join(PACKAGE, 'package.json')) as {
      version: string;
      scripts: object;
    };
    expect(Object.keys(scripts)).toEqual(['prepack']);
    expect(readJson(path.join(ROOT, 'package.json'))).toMatchObject({
      version,
      dependencies: { 'signalr-server': version },
    });
  });
});

describe('its types', () => {
  it.each(SETTINGS)('hold for a hub and its clients with %s', (name) => {
    expect(said.get(name)).toBe('');
  });

  it('for clients know neither Node.js nor the package of the client', () => {
    expect(said.get('page')).toBe('');
  });

  it('fit the stock client of every major', () => {
    expect(said.get('majors')).toBe('');
  });
});

describe('its README', () => {
  const { hub } = readmePrograms();

  async function talk(url: string, protocol: JsonHubProtocol | MessagePackHubProtocol): Promise<string> {
    const connection = new HubConnectionBuilder()
      .withUrl(url)
      .withHubProtocol(protocol)
      .configureLogging(LogLevel.None)
      .build();
    connections.push(connection);
    const said = new Promise<string>((resolve) => {
      connection.on('Said', (...args: string[]) => {
        resolve(args.join());
      });
    });
    await connection.start();
    await connection.invoke('Join', 'tea');
    await connection.invoke('Say', 'tea', 'Ann', 'Hello');
    await expect(connection.invoke('Say', 'tea', 'Ann', '')).rejects.toThrow('HubException: there is nothing to say');
    return said;
  }

  it.each([
    ['imported', 'chat.mjs', hub],
    ['required', 'chat.cjs', withRequire(hub)],
  ])('has a hub in plain JavaScript that runs when the package is %s', async (_, file, program) => {
    expect(program.includes('require(')).toBe(file === 'chat.cjs');
    const url = await runHub(file, project('plain', 'commonjs', { [file]: program }));
    expect(await talk(url, new JsonHubProtocol())).toBe('tea,Ann,Hello');
    expect(await talk(url, new MessagePackHubProtocol())).toBe('tea,Ann,Hello');
  });

  it('has a hub and a client in TypeScript that compile and talk to each other', async () => {
    const at = path.join(folder, 'readme');
    expect(said.get('readme')).toBe('');
    const url = await runHub('out/chat.js', at);
    const compiled = path.join(at, 'out/client.js');
    writeFileSync(compiled, readFileSync(compiled, 'utf8').replace('http://localhost:3000/chat', url));
    expect((await lineOf('out/client.js', at, /^tea .*/))[0]).toBe('tea Ann: Hello');
  });
});

describe('one copy', () => {
  it('is what import and require give, with the same names', async () => {
    const program = `
      import * as imported from 'signalr-server';
      import { createRequire } from 'node:module';
      const required = createRequire(import.meta.url)('signalr-server');
      const names = Object.keys(required).sort();
      console.log(names.length > 0 && names.join() === Object.keys(imported).sort().join());
      console.log(names.every((name) => imported[name] === required[name]));
      await import('signalr-server/client-types');
    `;
    const at = project('copies', 'module', { 'copies.mjs': program });
    expect(await runNode(['copies.mjs'], at)).toEqual({ code: 0, output: 'true\ntrue\n' });
  });

  it('is what Writer hub uses and re-exports', async () => {
    const program = `
      require('writer-hub');
      const { HubException } = require('writer-hub/signalr');
      console.log(HubException === require('signalr-server').HubException);
      console.log(Object.keys(require.cache).filter((name) => name.endsWith('hub-server.js')).length);
    `;
    expect(await runNode(['-e', program], ROOT)).toEqual({ code: 0, output: 'true\n1\n' });
  });
});
