import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { options, type OptionSpec } from '../src/config';
import { errorKinds } from '../src/errors';
import { optionGroups } from '../src/option-groups';
import type { RequiredScope } from '../src/http/route';
import { configExample } from '../src/settings/config-example';
import { ROUTES } from '../src/http/routes/route-table';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');
const LIMITS = readFileSync(join(__dirname, '../docs/limits.md'), 'utf8');
const EVENTS_API = readFileSync(join(__dirname, '../docs/events-api.md'), 'utf8');

/** The lines between a pair of markers. */
function section(name: string, page = README): string[] {
  const [, text = ''] = page.split(new RegExp(`<!-- /?${name}[^>]*-->\n`));
  return text.trim().split('\n');
}

function renderScope(scope: RequiredScope): string {
  if (typeof scope === 'string') return scope;
  return scope.map((one) => `\`${one.replace(/\{(\w+)\}/, '<$1>')}\``).join(' or ');
}

function renderOption({ env, flag, default: preset = '', unit, meaning, reload }: OptionSpec<unknown>): string {
  const what = reload === true ? `${meaning} ↻` : meaning;
  return `| \`${env}\` | \`--${flag}\` | ${preset === '' ? '' : `\`${preset}\``} | ${unit ?? ''} | ${what} |`;
}

describe('README', () => {
  it('lists every option as it is in the code, by purpose, and no other', () => {
    const lines = optionGroups.flatMap(({ heading, names }) => [
      `### ${heading}`,
      '',
      '| variable | flag | default | unit | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...names.map((name) => renderOption(options[name])),
      '',
    ]);
    expect([...section('options'), '']).toEqual(lines);
    expect(optionGroups.flatMap(({ names }) => names).toSorted()).toEqual(Object.keys(options).toSorted());
  });

  it('lists every route as it is in the code, and no other', () => {
    const rows = ROUTES.map(({ verb, path, scope, parameters, meaning }) => {
      const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => `\`${name}\``);
      return `| \`${verb} ${path}\` | ${renderScope(scope)} | ${query.join(', ')} | ${meaning} |`;
    });
    expect(section('routes')).toEqual([
      '| route | scope | query | what it does |',
      '| --- | --- | --- | --- |',
      ...rows,
    ]);
  });

  it('lists every error as it is in the code, and no other', () => {
    const rows = Object.entries(errorKinds).map(
      ([code, { status, retry, meaning }]) => `| \`${code}\` | ${status} | ${retry ? 'yes' : 'no'} | ${meaning} |`,
    );
    expect(section('errors')).toEqual([
      '| code | HTTP status | retry | meaning |',
      '| --- | --- | --- | --- |',
      ...rows,
    ]);
  });
});

describe('deploy/writer-hub.toml', () => {
  it('is what `writer-hub config --example` prints', () => {
    expect(readFileSync(join(__dirname, '../deploy/writer-hub.toml'), 'utf8')).toBe(configExample());
  });
});

describe('docs/events-api.md', () => {
  it('has a place for every error, where the errors themselves point', () => {
    const rows = Object.entries(errorKinds).map(
      ([code, { status, meaning }]) =>
        `| <a id="${code}"></a>\`${code}\` | ${status === 401 ? 403 : status} | ${meaning} |`,
    );
    expect(section('errors', EVENTS_API)).toEqual(['| code | HTTP status | meaning |', '| --- | --- | --- |', ...rows]);
  });
});

/** Options that bound something, and no less than those. */
const IS_LIMIT = /^max|Timeout$|^min|^retention|Processes$|Threads$|Interval$|Window$|^tokenMemory$/;

describe('docs/limits.md', () => {
  const limits = Object.entries<OptionSpec<unknown>>(options).filter(([name]) => IS_LIMIT.test(name));

  it.each(limits)('says of %s what it protects, its default, how it fails and what to raise', (_, option) => {
    const row = LIMITS.split('\n').find((line) => line.startsWith(`| \`${option.env}\` `));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      `\`${option.env}\``,
      option.default === undefined ? '' : `\`${option.default}\``,
      expect.stringMatching(/.{4}/),
      expect.stringMatching(/.{3}/),
      expect.stringMatching(/.{3}/),
      '',
    ]);
  });

  it('names no option that there is not', () => {
    const named = [...LIMITS.matchAll(/WRITER_HUB_[A-Z_]+/g)].map(([name]) => name);
    const known = new Set(Object.values<OptionSpec<unknown>>(options).map(({ env }) => env));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
