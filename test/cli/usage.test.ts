import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHere } from '../support/command-here';
import { temporaryDirectory } from '../support/test-hub';

/** Where nothing listens: what is wrong with a call is said before anything is asked. */
const NOWHERE = ['--url', 'http://127.0.0.1:1', '--token', 'x'];

const SECRET = 'a secret of more than thirty-two bytes';

const EMPTY_TOPIC = /'' is invalid for argument 'topic'. the topic name is empty/;

describe('a command that is called wrongly ends with 2, says why in a line or two, and asks no server:', () => {
  it.each<[args: string[], message: RegExp]>([
    [['delete', '', '--yes'], EMPTY_TOPIC],
    [['delete', 'a/b', '--yes'], /the topic name holds a slash/],
    [['delete', 'cars', '--stream', '', '--yes'], /--stream <id>' argument '' is invalid. the stream id is empty/],
    [['retention', '', '--age', '7d'], EMPTY_TOPIC],
    [['retention', 'race', '--age', '3parsecs'], /--age: "3parsecs" is not a duration: .*, or default/],
    [['retention', 'race', '--age', '0s'], /--age: "0s" is out of range/],
    [['retention', 'race', '--bytes', '-1'], /--bytes -1 is neither a whole number nor default/],
    [['streams', ''], EMPTY_TOPIC],
    [['streams', 'cars', '--limit', 'all'], /It must be a whole number/],
    [['tail', '..'], /means a directory in a path/],
    [['tail', 'cars', '--stream', ''], /the stream id is empty/],
    [['tail', 'cars', '--last', '-1'], /It must be a whole number/],
    [['send', '--topic', '', '--stream', 's'], /the topic name is empty/],
    [['send', '--topic', 'cars', '--stream', 'a/b'], /the stream id holds a slash/],
    [['send', '--topic', 'cars', '--stream', 's', '--batch', '0'], /It must be at least 1/],
    [['send', '--topic', 'cars', '--stream', 's', '--resume', 'x'], /--resume takes what a send that stopped/],
    [['sql', ' '], /there is no query/],
    [['sql', 'SELECT 1', '--format', 'xml'], /Allowed choices are/],
    [['sql', 'SELECT 1', '--json', '--format', 'csv'], /'--json' cannot be used with option '--format/],
    [['topics', '--url', 'nowhere'], /"nowhere" is not a URL/],
    [['topics', '--url', 'ftp://127.0.0.1'], /ftp:\/\/127.0.0.1 is neither an http nor an https URL/],
    [['topics', '--token', ''], /--token is empty/],
    [['topics', '--token', 'two\nlines'], /--token is not a token/],
    [['datasource', 'list', '--token', 'a b'], /--token is not a token/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runHere([...args.slice(0, 1), ...withTarget(args), ...args.slice(1)]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at |✖/);
  });

  it.each<[args: string[], message: RegExp]>([
    [['backup', ''], /'' is invalid for argument 'directory'. It is empty/],
    [['backup', '/nowhere/b', '--keep', '0'], /It must be at least 1/],
    [['restore', ''], /'' is invalid for argument 'backup'. It is empty/],
    [['kafka-dev', '--data-dir', ''], /It is empty/],
    [['kafka-dev', '--brokers', '0'], /not a whole number from 1 to 9/],
    [['status', '--url', 'nowhere'], /"nowhere" is not a URL/],
    [['status', '--metrics-url', 'nowhere'], /"nowhere" is not a URL/],
    [['token', '--scope', 'admin', '--expires', '1y'], /"1y" is not a duration/],
    [['token', '--scope', ''], /at least one scope/],
    [['completion', 'cmd'], /Allowed choices are bash, zsh, fish/],
    [['config', '--port', '-1'], /--port "-1" is less than 0: it may be from 0 to 65535/],
    [['nothing'], /unknown command 'nothing'/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runHere(args, { env: { WRITER_HUB_JWT_SECRET: SECRET } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at |✖/);
  });
});

describe('a data directory that is a file', () => {
  it.each([
    ['open', '--print'],
    ['token', '--scope', 'admin'],
    ['revoke', 'x'],
    ['send', '--topic', 't', '--stream', 's'],
    ['tail', 't'],
    ['topics'],
    ['streams', 't'],
    ['sql', 'SELECT 1'],
    ['delete', 't', '--yes'],
    ['retention', 't', '--age', '7d'],
    ['datasource', 'list'],
    ['backup', '/nowhere/b'],
    ['kafka-dev'],
  ])('is called one by %s', async (...args) => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await runHere([...args, '--data-dir', file]);
    expect([code, stderr]).toEqual([2, `writer-hub: --data-dir: ${file} is a file, not a directory\n`]);
  });
});

/** The flags of `NOWHERE` that are not given. */
function withTarget([command, ...args]: readonly string[]): string[] {
  if (command === 'datasource') return [];
  return [0, 2].flatMap((at) => (args.includes(NOWHERE[at]!) ? [] : NOWHERE.slice(at, at + 2)));
}
