import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { options, type OptionSpec } from '../src/config';
import { errorKinds } from '../src/errors';
import type { RequiredScope } from '../src/http/route';
import { ROUTES } from '../src/http/routes/route-table';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');
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

describe('README', () => {
  it('lists every option as it is in the code, and no other', () => {
    const rows = Object.values<OptionSpec<unknown>>(options).map((option) => {
      const preset = option.default === undefined ? '' : `\`${option.default}\``;
      return `| \`${option.env}\` | \`--${option.flag}\` | ${preset === '``' ? '' : preset} | ${option.unit ?? ''} | ${option.meaning} |`;
    });
    expect(section('options')).toEqual([
      '| variable | flag | default | unit | meaning |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ]);
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

describe('docs/events-api.md', () => {
  it('has a place for every error, where the errors themselves point', () => {
    const rows = Object.entries(errorKinds).map(
      ([code, { status, meaning }]) =>
        `| <a id="${code}"></a>\`${code}\` | ${status === 401 ? 403 : status} | ${meaning} |`,
    );
    expect(section('errors', EVENTS_API)).toEqual(['| code | HTTP status | meaning |', '| --- | --- | --- |', ...rows]);
  });
});
