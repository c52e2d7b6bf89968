import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { childrenOf, gone } from './support/processes';
import { openSql } from './support/sql-store';

const ENDLESS = 'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t';

/** Resolves when a query has begun to run: it has asked whether a name may be read. */
function begun(): { readonly mayRead: () => boolean; readonly running: Promise<void> } {
  let begin: () => void = () => undefined;
  const running = new Promise<void>((resolve) => (begin = resolve));
  return {
    mayRead: () => {
      begin();
      return true;
    },
    running,
  };
}

/** Children that this process had before: other test files run in it too. */
const OTHERS = new Set(childrenOf(process.pid));

const queryProcesses = (): number[] => childrenOf(process.pid).filter((pid) => !OTHERS.has(pid));

describe('QueryProcess', () => {
  it('is started when it is needed, and used again', async () => {
    const sql = await openSql({ processes: 3 });
    expect(queryProcesses()).toEqual([]);
    await sql.ask('SELECT 1');
    const [pid] = queryProcesses();
    await sql.ask('SELECT 2');
    expect(queryProcesses()).toEqual([pid]);
    await Promise.all([sql.ask('SELECT 3'), sql.ask('SELECT 4')]);
    expect(queryProcesses()).toHaveLength(2);
  });

  // Elsewhere threads have no priority of their own.
  (process.platform === 'linux' ? it : it.skip)('lets those who write go first where cores are few', async () => {
    const sql = await openSql();
    await sql.ask('SELECT 1');
    const [pid] = queryProcesses();
    const tasks = `/proc/${pid}/task`;
    const priorities = readdirSync(tasks).map((thread) => getPriority(Number(thread)));
    expect(Math.max(...priorities)).toBeGreaterThan(getPriority(process.pid));
  });

  it('ends with the engine, also while it runs a query', async () => {
    const sql = await openSql();
    await sql.addRows('shop', [], '[null]');
    const { mayRead, running } = begun();
    const query = sql.ask(`SELECT * FROM shop, (${ENDLESS})`, { mayRead });
    const ended = expect(query).rejects.toMatchObject({ code: 'store_unavailable', message: 'the store is closed' });
    await running;
    const waiting = expect(sql.ask('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
    const [pid] = queryProcesses();
    await sql.engine.close();
    await Promise.all([ended, waiting, gone(pid!)]);
    await expect(sql.ask('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('ends when nobody waits for its query any more', async () => {
    const sql = await openSql();
    await sql.addRows('shop', [], '[null]');
    const { mayRead, running } = begun();
    const caller = new AbortController();
    const query = sql.ask(`SELECT * FROM shop, (${ENDLESS})`, { mayRead, signal: caller.signal });
    const ended = expect(query).rejects.toMatchObject({ code: 'query_timeout' });
    const waiting = expect(sql.ask('SELECT 1', { signal: caller.signal })).rejects.toMatchObject({
      code: 'query_timeout',
    });
    await running;
    const [pid] = queryProcesses();
    caller.abort();
    await Promise.all([ended, waiting, gone(pid!)]);
    expect(await sql.rows('SELECT 1')).toEqual(['[1]']);
    await expect(sql.ask('SELECT 1', { signal: caller.signal })).rejects.toMatchObject({ code: 'query_timeout' });
  });

  it('is replaced when it was killed, with a query and without', async () => {
    const sql = await openSql();
    await sql.addRows('shop', [], '[null]');
    const { mayRead, running } = begun();
    const query = sql.ask(`SELECT * FROM shop, (${ENDLESS})`, { mayRead });
    const ended = expect(query).rejects.toMatchObject({
      code: 'internal',
      message: 'the process that ran the query ended',
    });
    await running;
    for (const pid of queryProcesses()) process.kill(pid, 'SIGKILL');
    await ended;
    expect(await sql.rows('SELECT 1')).toEqual(['[1]']);
    for (const pid of queryProcesses()) {
      process.kill(pid, 'SIGKILL');
      await gone(pid);
    }
    expect(await sql.rows('SELECT 2')).toEqual(['[2]']);
  });

  it('leaves it to the server to end it when somebody presses a key', async () => {
    const sql = await openSql();
    await sql.ask('SELECT 1');
    const [pid] = queryProcesses();
    process.kill(pid!, 'SIGINT');
    process.kill(pid!, 'SIGTERM');
    expect(await sql.rows('SELECT 2')).toEqual(['[2]']);
    expect(queryProcesses()).toEqual([pid]);
  });

  it('is given nothing of the environment', async () => {
    process.env['WRITER_HUB_JWT_SECRET'] = 'not for everybody';
    try {
      const sql = await openSql();
      await sql.ask('SELECT 1');
      const [pid] = queryProcesses();
      expect(execFileSync('ps', ['eww', '-o', 'command', '-p', String(pid)], { encoding: 'utf8' })).not.toContain(
        'not for',
      );
    } finally {
      delete process.env['WRITER_HUB_JWT_SECRET'];
    }
  });

  it('dies with a server that was killed in the middle of a query', async () => {
    const server = spawn(process.execPath, [join(__dirname, 'support/mortal-server.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    expect(line.toString()).toBe('running\n');
    const children = childrenOf(server.pid!);
    expect(children).toHaveLength(1);
    server.kill('SIGKILL');
    await Promise.all(children.map(gone));
  });
});
