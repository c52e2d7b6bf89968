import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EVENT_CHANNELS } from '../../src/signalr';
import { resolveOptions } from '../../src/signalr/resolve-options';

const ROOT = join(__dirname, '../..');
const RECIPES = 'examples/recipes';

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The cells of the table between a pair of markers, without its head. */
function rows(text: string, name: string): string[][] {
  const [, section = ''] = text.split(new RegExp(`<!-- /?${name} -->`));
  return section
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| *| *\|$/g, '').trim()));
}

/** A default as the table writes it. */
function written(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (Array.isArray(value)) return 'all';
  return typeof value === 'boolean' ? String(value) : '';
}

/** A recipe as the documentation shows it: on a port, and without what the tests need. */
function asShown(text: string): string {
  return text
    .replace(/Number\(process\.env\['PORT'\]\)|process\.env\['PORT'\](?: \?\? 8081)?/g, '8081')
    .replaceAll('export const http', 'const http');
}

describe('docs/signalr.md', () => {
  it('lists every option with its default, and no other', () => {
    const listed = rows(read('docs/signalr.md'), 'options').map(([name = '', preset = '']) => [
      name.replaceAll('`', ''),
      preset,
    ]);
    const options = Object.entries(resolveOptions({})).map(([name, value]) => [name, written(value)]);
    // These have no default that could be resolved.
    const all = [...options, ...['authenticate', 'onAuthenticationRefresh', 'filters'].map((name) => [name, ''])];
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(all));
  });

  it('lists every event with its channel, and no other', () => {
    const listed = rows(read('docs/signalr.md'), 'events').map(([name = '', channel = '']) => [
      name.replaceAll('`', ''),
      channel.replaceAll('`', ''),
    ]);
    expect(Object.fromEntries(listed)).toEqual(EVENT_CHANNELS);
  });

  it('shows the recipes that are run, and all of them', () => {
    const shown = [...read('docs/signalr.md').matchAll(/<!-- recipe (\S+) -->\n\n```\w+\n([\s\S]*?)```/g)];
    for (const [, name = '', text] of shown) expect([name, text]).toEqual([name, asShown(read(`${RECIPES}/${name}`))]);
    const notShown = ['chat.ts', 'nest-module.ts'];
    const files = readdirSync(join(ROOT, RECIPES)).filter((name) => /\.(ts|conf)$/.test(name));
    const named = new Set([...shown.map(([, name]) => name), ...notShown]);
    expect(files.filter((name) => !named.has(name))).toEqual([]);
    expect(named).toContain('next/server.ts');
  });

  it('shows recipes of few lines: the wiring is no more than eight, imports and braces aside', () => {
    for (const name of readdirSync(join(ROOT, RECIPES)).filter((file) =>
      /^(express|fastify|koa|hono|nest|node-http)\.ts$/.test(file),
    )) {
      const lines = read(`${RECIPES}/${name}`)
        .split('\n')
        .filter((line) => /\w/.test(line) && !line.startsWith('import '));
      expect([name, lines.length <= 8]).toEqual([name, true]);
    }
  });

  it.each(['docs/signalr.md', 'test/conformance/checklist.md'])('links only to files that are there: %s', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  });
});

describe('test/conformance/checklist.md', () => {
  it('names only tests that are there', () => {
    const files = [...read('test/conformance/checklist.md').matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(
      ([, name = '']) => name,
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
