import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { options, type OptionSpec } from '../src/config';
import { errorKinds } from '../src/errors';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

/** The lines between a pair of markers. */
function section(name: string): string[] {
  const [, text = ''] = readme.split(new RegExp(`<!-- /?${name}[^>]*-->\n`));
  return text.trim().split('\n');
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
