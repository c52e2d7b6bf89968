import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Outcome } from '../support/command';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';

const file = 'SCHEMA >\n    `city` String `json:$.city`,\n    `visits` Int16 `json:$.visits` DEFAULT 1\n';

/** A file of this text and name in a directory of its own. */
function fileOf(text: string, name = 'places.datasource'): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

const dataSource = (hub: TestHub, ...args: string[]): Promise<Outcome> =>
  run(['datasource', ...args, '--url', hub.url], { WRITER_HUB_JWT_SECRET: SECRET });

describe('writer-hub datasource', () => {
  it('push makes a data source that is called like its file, and list shows it', async () => {
    const hub = await TestHub.start();
    expect(await dataSource(hub, 'push', fileOf(file))).toEqual({
      code: 0,
      stdout: 'places made: city String, visits Int16\n',
      stderr: '',
    });
    expect(await hub.read('/v0/datasources/places.datasource')).toBe(file);
    expect((await dataSource(hub, 'list')).stdout).toBe('places\tcity String, visits Int16\n');
  });

  it('push of an edited file adds columns, and says so', async () => {
    const hub = await TestHub.start();
    await dataSource(hub, 'push', fileOf(file), '--name', 'stays');
    const edited = fileOf(`${file.trimEnd()},\n    \`seen\` Nullable(Date)\n`);
    expect((await dataSource(hub, 'push', edited, '--name', 'stays')).stdout).toBe(
      'stays gained seen Nullable(Date)\n',
    );
    expect((await dataSource(hub, 'push', edited, '--name', 'stays')).stdout).toBe('stays has all columns\n');
  });

  it.each([
    ['a file that is not there', undefined, [], /cannot read \/nowhere\.datasource/],
    ['a schema that is wrong', 'SCHEMA >\n    `city` Strnig\n', [], /the server answered 400: .*Strnig/],
    ['a token without the scope', file, ['--token', token('append:*')], /403: the token lacks the scope create/],
  ])('push fails with a line on stderr for %s', async (_, text, flags, message) => {
    const hub = await TestHub.start();
    const path = text === undefined ? '/nowhere.datasource' : fileOf(text);
    const { code, stdout, stderr } = await dataSource(hub, 'push', path, ...flags);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
