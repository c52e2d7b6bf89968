import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run, type Outcome } from '../support/command';
import { runHere } from '../support/command-here';
import { freshName, SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, temporaryDirectory, token } from '../support/test-hub';

const sharedServer = new SharedHub();

const FILE = 'SCHEMA >\n    `city` String `json:$.city`,\n    `visits` Int16 `json:$.visits` DEFAULT 1\n';

/** A file of this text and name in a directory of its own. */
function fileOf(text: string, name = 'places.datasource'): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

const dataSource = (hub: TestHub, ...args: string[]): Promise<Outcome> =>
  runHere(['datasource', ...args, '--url', hub.url], { env: { WRITER_HUB_JWT_SECRET: SECRET } });

describe('writer-hub datasource', () => {
  it('push makes a data source that is called like its file, and list shows it', async () => {
    const hub = await TestHub.start();
    const env = { WRITER_HUB_JWT_SECRET: SECRET };
    expect(await run(['datasource', 'push', fileOf(FILE), '--url', hub.url], env)).toEqual({
      code: 0,
      stdout: 'places made: city String, visits Int16\n',
      stderr: '',
    });
    expect(await hub.read('/v0/datasources/places.datasource')).toBe(FILE);
    expect((await dataSource(hub, 'list')).stdout).toBe('places\tcity String, visits Int16\n');
  });

  it('push says which instructions of the file have no effect', async () => {
    const name = freshName('places');
    const file = fileOf(`${FILE}INDEXES >\n    i city TYPE set(0)\n`);
    expect((await dataSource(await sharedServer.hub(), 'push', file, '--name', name)).stdout).toBe(
      `${name} made: city String, visits Int16\nwarning: line 4: INDEXES has no effect here: columns have no indexes\n`,
    );
  });

  it('push of an edited file adds columns, and says so', async () => {
    const hub = await sharedServer.hub();
    await dataSource(hub, 'push', fileOf(FILE), '--name', 'stays');
    const edited = fileOf(`${FILE.trimEnd()},\n    \`seen\` Nullable(Date)\n`);
    expect((await dataSource(hub, 'push', edited, '--name', 'stays')).stdout).toBe(
      'stays gained seen Nullable(Date)\n',
    );
    expect((await dataSource(hub, 'push', edited, '--name', 'stays')).stdout).toBe('stays has all columns\n');
  });

  it('push of another type says what quarantined rows there are, and how they are stored', async () => {
    const [hub, name] = [await sharedServer.hub(), freshName('places')];
    await dataSource(hub, 'push', fileOf(FILE), '--name', name);
    await hub.post(`/v0/events?name=${name}&wait=true`, '{"city":"Köln","visits":1.5}');
    const edited = fileOf(FILE.replace('Int16', 'Float64'));
    expect((await dataSource(hub, 'push', edited, '--name', name)).stdout).toBe(
      `${name} has all columns\n1 rows are in the quarantine; those that fit now are stored by POST /v0/datasources/${name}/quarantine/replay\n`,
    );
  });

  it.each([
    ['a file that is not there', undefined, [], /cannot read \/nowhere\.datasource/],
    ['a schema that is wrong', 'SCHEMA >\n    `city` Strnig\n', [], /the server answered 400: .*Strnig/],
    ['a token without the scope', FILE, ['--token', token('append:*')], /403: the token lacks the scope create/],
  ])('push fails with a line on stderr for %s', async (_, text, flags, message) => {
    const hub = await sharedServer.hub();
    const path = text === undefined ? '/nowhere.datasource' : fileOf(text);
    const { code, stdout, stderr } = await dataSource(hub, 'push', path, ...flags);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['datasource', 'list'],
    ['tail', 'cars'],
    ['revoke', 'x'],
  ])('%s fails with a line on stderr when nothing listens at the address', async (...command) => {
    const url = await closedAddress();
    const { code, stdout, stderr } = await run([...command, '--url', url, '--token', 'x']);
    expect([code, stdout]).toEqual([1, '']);
    const address = url.replace('http://', '');
    expect(stderr).toBe(`writer-hub: cannot reach ${url}: connect ECONNREFUSED ${address}\n`);
  });
});

/** Where somebody listened just now and nobody does any more. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
