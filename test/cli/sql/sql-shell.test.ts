import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { CommandError } from '../../../src/cli/command-error';
import { complete } from '../../../src/cli/sql/completion';
import { historyFile, SqlHistory } from '../../../src/cli/sql/history';
import type { Query } from '../../../src/cli/sql/run-query';
import { quoted } from '../../../src/cli/sql/sql-names';
import type { Table } from '../../../src/sql-tables';
import { SqlShell } from '../../../src/cli/sql/sql-shell';
import { Command } from '../../support/command';
import { freshName, SharedHub } from '../../support/shared-hub';
import { temporaryDirectory, token } from '../../support/test-hub';

const sharedServer = new SharedHub();

const column = (name: string) => ({ name, type: 'String' });
const TABLES: Table[] = [
  { name: 'cars', kind: 'topic', columns: [column('stream_id'), column('value')] },
  { name: 'my shop', kind: 'data source', columns: [column('item'), column('Price in €')] },
];

/** A shell whose queries are carried out by a function. */
class TestShell {
  shown = '';
  readonly queries: Query[] = [];
  readonly history: SqlHistory;
  readonly ended: Promise<void>;
  readonly #input = new PassThrough();
  readonly #output = new PassThrough();

  constructor(run: (query: Query) => Promise<string> = ({ text }) => Promise.resolve(`ran ${text}`)) {
    this.history = new SqlHistory(join(temporaryDirectory(), 'state', 'sql_history'));
    this.#output.setEncoding('utf8').on('data', (text: string) => (this.shown += text));
    const parts = { input: this.#input, output: this.#output, history: this.history };
    this.ended = new SqlShell({
      ...parts,
      run: (query) => {
        this.queries.push(query);
        return run(query);
      },
      tables: () => Promise.resolve(TABLES),
    }).run();
  }

  type(text: string): void {
    this.#input.write(text);
  }

  /** Resolves when something is shown that was not there yet. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.shown)) await once(this.#output, 'data');
    this.shown = '';
  }
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const UP = '\u001b[A';

describe('SqlShell', () => {
  it('takes lines until a semicolon, and ends with Ctrl-D', async () => {
    const shell = new TestShell();
    await shell.shows(/sql> /);
    shell.type('SELECT 1,\n');
    await shell.shows(/\.\.\.> /);
    shell.type('2;\n');
    await shell.shows(/ran SELECT 1,\n2;/);
    expect(shell.queries).toMatchObject([{ text: 'SELECT 1,\n2;\n', format: 'table', limit: 100 }]);
    shell.type(CTRL_D);
    await shell.ended;
  });

  it('stops a query that runs with Ctrl-C, and goes on', async () => {
    const shell = new TestShell(async ({ text, signal }) => {
      if (text.includes('short')) return 'short\n';
      await once(signal!, 'abort');
      throw new Error('aborted');
    });
    shell.type('SELECT long;\n');
    await shell.shows(/SELECT long;/);
    while (shell.queries.length === 0) await new Promise((resolve) => setImmediate(resolve));
    shell.type(CTRL_C);
    await shell.shows(/stopped\n/);
    shell.type('SELECT short;\n');
    await shell.shows(/short\n\d+\.\d\d s/);
    shell.type('\\q\n');
    await shell.ended;
  });

  it('drops what was typed with Ctrl-C, and says how to end where that is nothing', async () => {
    const shell = new TestShell();
    shell.type('SELECT 1,\n');
    await shell.shows(/\.\.\.> /);
    shell.type(`2 + ${CTRL_C}`);
    await shell.shows(/\^C/);
    shell.type('SELECT 3;\n');
    await shell.shows(/ran SELECT 3;/);
    expect(shell.queries.map(({ text }) => text)).toEqual(['SELECT 3;\n']);
    shell.type(CTRL_C);
    await shell.shows(/\\q or Ctrl-D ends/);
    shell.type('quit\n');
    await shell.ended;
  });

  it('says what goes wrong, and goes on', async () => {
    const shell = new TestShell(() => Promise.reject(new CommandError('the server answered 400: no such column')));
    shell.type('SELECT x;\n');
    await shell.shows(/the server answered 400: no such column\r?\n/);
    shell.type('\\q\n');
    await shell.ended;
  });

  it('describes tables, and takes formats and limits', async () => {
    const shell = new TestShell();
    shell.type('\\d\n');
    await shell.shows(/table +holds\n-.*\ncars +topic\n"my shop" +data source\n/);
    shell.type('\\d my\n');
    await shell.shows(/there is no table my\n/);
    shell.type('\\d cars\n');
    await shell.shows(/stream_id +String\nvalue +String\n/);
    shell.type('\\f xml\n');
    await shell.shows(/the format is one of table, json, ndjson, csv; it is table/);
    shell.type('\\limit x\n');
    await shell.shows(/the limit is a whole number of up to 9 digits, 0 for all rows; it is 100\n/);
    shell.type('\\f csv\n\\limit 0\nSELECT 1;\n');
    await shell.shows(/ran SELECT 1;/);
    expect(shell.queries).toMatchObject([{ format: 'csv', limit: undefined }]);
    shell.type('\\?\n');
    await shell.shows(/Tab completes names/);
    shell.type('\\x\n');
    await shell.shows(/\\x is not known/);
    shell.type('exit\n');
    await shell.ended;
  });

  it('completes names with Tab', async () => {
    const shell = new TestShell();
    shell.type('SELECT * FROM ca\t');
    await shell.shows(/cars/);
    shell.type(' WHERE stre\t');
    await shell.shows(/stream_id/);
    shell.type(' = 1;\n');
    await shell.shows(/ran SELECT \* FROM cars WHERE stream_id = 1;/);
    shell.type('\\q\n');
    await shell.ended;
  });

  it('remembers a query of several lines as one, in a file of its owner, for the next time', async () => {
    const shell = new TestShell();
    shell.type('SELECT 1,\n  2;\n');
    await shell.shows(/ran SELECT 1,/);
    shell.type(UP);
    await shell.shows(/SELECT 1, 2;/);
    shell.type('\n');
    await shell.shows(/ran SELECT 1, 2;/);
    shell.type('\\q\n');
    await shell.ended;
    expect(shell.history.lines).toEqual(['SELECT 1, 2;']);
  });
});

describe('SqlHistory', () => {
  it('is readable by its owner alone, also if the file was not, and is read again', () => {
    const path = join(temporaryDirectory(), 'new', 'sql_history');
    const first = new SqlHistory(path);
    first.add('SELECT 1;');
    first.save();
    chmodSync(path, 0o644);
    const second = new SqlHistory(path);
    second.add("SELECT 'a\nb';");
    second.add('SELECT 2;');
    second.save();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe('SELECT 2;\nSELECT 1;\n');
  });

  it('holds no more than a thousand', () => {
    const path = join(temporaryDirectory(), 'sql_history');
    writeFileSync(path, Array.from({ length: 2000 }, (_, n) => `SELECT ${n};\n`).join(''));
    const history = new SqlHistory(path);
    history.add('SELECT x;');
    expect([history.lines.length, history.lines[0]]).toEqual([1000, 'SELECT x;']);
  });

  it.each([
    [{ XDG_STATE_HOME: '/state', HOME: '/home/a' }, '/state/writer-hub/sql_history'],
    [{ XDG_STATE_HOME: 'state', HOME: '/home/a' }, '/home/a/.local/state/writer-hub/sql_history'],
    [{ HOME: '/home/a' }, '/home/a/.local/state/writer-hub/sql_history'],
  ])('with %j lies at %s', (env, path) => {
    expect(historyFile(env)).toBe(path);
  });
});

describe('complete', () => {
  it.each<[string, string, string[]]>([
    ['SELECT * FROM ', '', ['cars', '"my shop"']],
    ['select * from c', '', ['cars']],
    ['JOIN "my', '', ['"my shop"']],
    ['SELECT va', '', ['value']],
    ['SELECT "Pr', 'FROM "my shop"', ['"Price in €"']],
    ['WHERE ite', 'SELECT * FROM cars\n', []],
    ['sel', '', ['SELECT']],
    ['SELECT * FROM cars WHERE s', '', ['stream_id', 'sum(']],
  ])('of %j behind %j offers %j', (line, before, expected) => {
    expect(complete(line, before, TABLES)[0].filter((name) => name !== 'SELECT' || line === 'sel')).toEqual(expected);
  });
});

describe('quoted', () => {
  it.each([
    ['cars', 'cars'],
    ['my shop', '"my shop"'],
    ['a"b', '"a""b"'],
    ['1st', '"1st"'],
  ])('writes %j as %s', (name, expected) => {
    expect(quoted(name)).toBe(expected);
  });
});

describe('writer-hub sql on a terminal', () => {
  it('answers what is typed, and keeps it', async () => {
    const [hub, topic, home] = [await sharedServer.hub(), freshName('cars'), temporaryDirectory()];
    await hub.post(`/topics/${topic}/streams/s/events/data`, '{"id":"a","timestamp":1618133869000000001}');
    const env = { WRITER_HUB_TOKEN: token('admin'), HOME: home, TERM: 'xterm' };
    const shell = new Command(['sql', '--url', hub.url], env, { terminal: true });
    await shell.printed(/sql> /);
    shell.stdin.write(`SELECT timestamp FROM ${topic};\n`);
    await shell.printed(/1618133869000000001\s+\(1 row\)/);
    shell.stdin.write('\\q\n');
    expect((await shell.outcome()).code).toBe(0);
    const history = join(home, '.local/state/writer-hub/sql_history');
    expect(existsSync(history)).toBe(true);
    expect(readFileSync(history, 'utf8')).toBe(`SELECT timestamp FROM ${topic};\n`);
  });
});
