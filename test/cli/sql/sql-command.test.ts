import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { run, type Outcome } from '../../support/command';
import { runHere, type Given } from '../../support/command-here';
import { freshName, SharedHub } from '../../support/shared-hub';
import { token } from '../../support/test-hub';

const sharedServer = new SharedHub();
const env = { WRITER_HUB_TOKEN: token('admin') };

/** A topic with two events of more digits than a double has. */
async function filled(): Promise<{ topic: string; url: string }> {
  const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
  const events =
    '[{"id":"a","timestamp":1618133869000000001,"value":"1,5"},{"id":"b","timestamp":1618133869000000002}]';
  await hub.post(`/topics/${topic}/streams/s/events/data`, events);
  return { topic, url: hub.url };
}

const sql = async (url: string, args: readonly string[], given: Given = {}): Promise<Outcome> =>
  runHere(['sql', ...args, '--url', url], { env, ...given });

describe('writer-hub sql', () => {
  it('prints the result of its argument, a JSON object a line in a pipe, with all digits', async () => {
    const { topic, url } = await filled();
    const { code, stdout, stderr } = await sql(url, [`SELECT timestamp, value FROM ${topic}`]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      '{"timestamp":1618133869000000001,"value":"1,5"}\n{"timestamp":1618133869000000002,"value":null}\n',
    );
  });

  it('prints a table on a terminal: numbers at the right, NULL as such, the number of rows', async () => {
    const { topic, url } = await filled();
    const { stdout } = await sql(url, [`SELECT id, timestamp, value, 2 AS n FROM ${topic};`], { terminal: true });
    expect(stdout).toBe(
      [
        'id            timestamp  value  n',
        '--  -------------------  -----  -',
        'a   1618133869000000001  1,5    2',
        'b   1618133869000000002  NULL   2',
        '(2 rows)\n',
      ].join('\n'),
    );
  });

  it.each([
    ['csv', /^"timestamp","value"\n1618133869000000001,"1,5"\n/],
    ['json', /"data":\s*\[\s*\{\s*"timestamp":\s*1618133869000000001/],
    ['ndjson', /^\{"timestamp":1618133869000000001/],
    ['table', /^ +timestamp +value\n/],
  ])('prints %s with --format', async (format, expected) => {
    const { topic, url } = await filled();
    const { stdout } = await sql(url, ['--format', format, `SELECT timestamp, value FROM ${topic} -- a comment`]);
    expect(stdout).toMatch(expected);
    expect(stdout.endsWith('\n')).toBe(true);
  });

  it('leaves a query that says itself how its result is written', async () => {
    const { topic, url } = await filled();
    const { stdout } = await sql(url, [`SELECT id FROM ${topic} FORMAT TSV;`], { terminal: true });
    expect(stdout).toBe('a\nb\n');
  });

  it('prints one JSON document with --json, with every digit', async () => {
    const { url } = await filled();
    const { stdout } = await sql(url, ['--json', 'SELECT 9007199254740993 AS n'], { terminal: true });
    expect(stdout).toMatch(/"n":\s*9007199254740993/);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 1 });
  });

  it('takes the query of stdin, as a process', async () => {
    const { topic, url } = await filled();
    const { code, stdout } = await run(['sql', '--url', url], env, `SELECT count() AS n\nFROM ${topic}\n;\n`);
    expect([code, stdout]).toEqual([0, '{"n":2}\n']);
  });

  it('does not let values steer the terminal', async () => {
    const [hub, topic] = [await sharedServer.hub(), freshName('cars')];
    await hub.post(`/topics/${topic}/streams/s/events/data`, [{ id: 'a', timestamp: 1, value: '\u001b[2J\nx' }]);
    const { stdout } = await sql(hub.url, [`SELECT value FROM ${topic}`], { terminal: true });
    expect(stdout).toContain(String.raw`\u001b[2J\nx`);
  });

  it('ends quietly when nobody reads on', async () => {
    const { url } = await filled();
    const main = join(__dirname, '../../../dist/main.js');
    const query = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200000) SELECT x FROM n';
    const command = `{ "${process.execPath}" "${main}" sql "${query}" --url ${url}; echo "ended with $?" >&2; } | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', command], {
      env: { ...process.env, ...env },
    });
    expect([stdout, stderr]).toEqual(['{"x":1}\n', 'ended with 0\n']);
  });

  it.each<[string[], string, number, RegExp]>([
    [['SELECT FROM'], '', 1, /the server answered 400/],
    [['SELECT * FROM nowhere'], '', 1, /there is no data source and no topic "nowhere"/],
    [['--format', 'xml', 'SELECT 1'], '', 2, /Allowed choices are table, json, ndjson, csv/],
    [[], ' \n', 2, /there is no query/],
  ])('refuses %j with %j on stdin', async (args, input, expected, message) => {
    const { url } = await filled();
    const { code, stdout, stderr } = await sql(url, args, { input });
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
