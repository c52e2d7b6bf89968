import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../../src/signalr/options';

const ROOT = join(__dirname, '../..');

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

describe('docs/signalr.md', () => {
  it('lists every option with its default, and no other', () => {
    const listed = rows(read('docs/signalr.md'), 'options').map(([name = '', preset = '']) => [
      name.replaceAll('`', ''),
      preset,
    ]);
    const options = Object.entries(resolveOptions({})).map(([name, value]) => [name, written(value)]);
    // These two have no default that could be resolved.
    const all = [...options, ['authenticate', ''], ['filters', '']];
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(all));
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
