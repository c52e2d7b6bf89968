import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Jobs } from '../../src/threads/jobs';
import { ThreadedWork } from '../../src/threads/threaded-work';
import { WorkThreads, type WorkThreadsOptions } from '../../src/threads/work-threads';
import { scanRows } from '../../src/datasources/rows/row-scanner';
import { scanEvents } from '../../src/events/event-scanner';
import { fingerprintOf } from '../../src/events/idempotency';
import { schemaOf } from '../datasources/support/scanning';
import { stored } from '../http/support/zstd';
import { atEnd, temporaryDirectory } from '../support/test-hub';

function start(options: Partial<WorkThreadsOptions> = {}): WorkThreads {
  const threads = new WorkThreads({ threads: 2, maxWaiting: 100, maxWait: 60_000, ...options });
  atEnd(() => threads.close());
  return threads;
}

describe('ThreadedWork', () => {
  const options = { format: 'ndjson', maxDepth: 64, now: 0 } as const;
  const limits = { maxDepth: 64, maxTags: 10 };
  const rows = Buffer.from('{"a":1,"b":"é"}\n{"a":"x"}\n'.repeat(5000));
  const schema = schemaOf('a Int8', 'b Nullable(String)', 'c UInt256 DEFAULT 7');

  it.each([true, false])('finds of rows what the scanner finds, and gives the body back (owned: %s)', async (owned) => {
    const work = new ThreadedWork(start());
    const body = Buffer.from(Uint8Array.from(rows).buffer);
    const purpose = ['rows'];
    const scan = await work.scanRows({ body, schema, options, purpose, holder: 'a', owned });
    const { rows: fitting, quarantine, errors, unknownFields } = scanRows(rows, schema, options);
    expect(scan.scanned.rows.count).toBe(5000);
    expect(Buffer.from(scan.scanned.rows.json).equals(fitting.json)).toBe(true);
    expect(Buffer.from(scan.scanned.quarantine.json).equals(quarantine.json)).toBe(true);
    expect(scan.scanned.errors).toEqual(errors.map((error) => ({ ...error })));
    expect(scan.scanned.unknownFields).toEqual(unknownFields);
    expect(Buffer.from(scan.body).equals(rows)).toBe(true);
    expect(scan.fingerprint).toEqual(fingerprintOf(purpose, rows));
    // Memory that is lent is gone: nothing was copied.
    expect(body.length).toBe(owned ? 0 : rows.length);
  });

  it('finds of events what the scanner finds', async () => {
    const work = new ThreadedWork(start());
    const text = Buffer.from(JSON.stringify(Array(5000).fill({ Id: 'a', Timestamp: '1618133869000000001' })));
    const expected = scanEvents(text, limits)!;
    const purpose = ['events', 's'];
    const { batch, fingerprint } = await work.scanEvents({ text, limits, purpose, holder: 'a', owned: false });
    expect({ ...batch, json: Buffer.from(batch!.json) }).toEqual({ ...expected, json: Buffer.from(expected.json) });
    expect(fingerprint).toEqual(fingerprintOf(purpose, text));
    const empty = { text: Buffer.from('[]'), limits, purpose: undefined, holder: 'a', owned: true };
    expect(await work.scanEvents(empty)).toEqual({ batch: undefined, fingerprint: undefined });
  });

  it('rejects with the problems and the position that the scanner throws', async () => {
    const work = new ThreadedWork(start());
    const send = (text: string) =>
      work.scanEvents({ text: Buffer.from(text), limits, purpose: undefined, holder: 'a', owned: true });
    await expect(send('[{"id":1,"timestamp":1}]')).rejects.toMatchObject({
      code: 'invalid_events',
      problems: [{ index: 0, path: '$.id', message: 'id is a number, not a string' }],
    });
    await expect(send('[x]')).rejects.toMatchObject({ code: 'malformed_json', position: 1 });
  });

  it('infers schemas, parses them, replays rows and inflates zstd', async () => {
    const work = new ThreadedWork(start());
    const limitsOfSchema = { maxColumns: 5, maxSchemaBytes: 1000 };
    const inference = { ...options, ...limitsOfSchema };
    const inferred = await work.inferSchema({
      body: Buffer.from('{"n":1}'),
      options: inference,
      holder: '',
      owned: false,
    });
    expect(inferred.schema.columns).toMatchObject([{ name: 'n', path: ['n'], type: { text: 'Int16' } }]);
    const parsed = await work.parseSchema({ text: 'SCHEMA >\n    a Int8', limits: limitsOfSchema, holder: '' });
    expect(parsed.schema).toEqual(schemaOf('a Int8'));
    const raws = [Buffer.from('{"a":1}'), Buffer.from('{"a":"x"}')];
    const replayed = await work.replayRows({ raws, schema, options, holder: '' });
    expect(replayed).toMatchObject({
      fitting: { count: 1 },
      misfits: { count: 1 },
      errors: [{ index: 1, column: 'a' }],
    });
    for (const [coding, encode] of [
      ['zstd', stored],
      ['gzip', gzipSync],
    ] as const) {
      const inflate = (limit: number): Promise<Buffer> => work.inflate({ sent: encode(rows), coding, limit }, '');
      expect(String(await inflate(rows.length))).toBe(String(rows));
      await expect(inflate(10)).rejects.toMatchObject({ code: 'message_too_large' });
    }
  });
});

/** A thread that waits for a word before each answer, and ends at another one. It answers with what it was given. */
const OBEDIENT = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ input }) => {
  const orders = new Int32Array(input.orders);
  Atomics.wait(orders, 0, 0);
  if (orders[0] === 2) process.exit(1);
  parentPort.postMessage({ kind: 'done', output: input.name });
});`;

describe('WorkThreads', () => {
  const GO = 1;
  const END = 2;

  function startObedient(options: Partial<WorkThreadsOptions> = {}) {
    const file = join(temporaryDirectory(), 'obedient.js');
    writeFileSync(file, OBEDIENT);
    const threads = start({ file, ...options });
    const done: string[] = [];
    const order = (name: string, holder: string, word?: number) => {
      const orders = new Int32Array(new SharedArrayBuffer(4));
      const say = (given: number): void => {
        Atomics.store(orders, 0, given);
        Atomics.notify(orders, 0);
      };
      if (word !== undefined) say(word);
      const input = { name, orders: orders.buffer } as unknown as Jobs['inflation']['input'];
      const answer = threads.run('inflation', holder, () => input).then(() => done.push(name));
      answer.catch(() => undefined);
      return { answer, say };
    };
    return { threads, done, order };
  }

  it('leaves a thread to others, and lets them take turns', async () => {
    const { threads, done, order } = startObedient();
    const first = order('a1', 'a');
    const second = order('a2', 'a', GO);
    expect(threads.waiting).toBe(1);
    await order('b1', 'b', GO).answer;
    await order('b2', 'b', GO).answer;
    first.say(GO);
    await second.answer;
    expect(done).toEqual(['b1', 'b2', 'a1', 'a2']);
    expect(threads.running).toBe(2);
  });

  it('rejects the job of a thread that dies with `internal`, and starts another one', async () => {
    const causes: unknown[] = [];
    const { threads, order } = startObedient({ onDied: (cause) => causes.push(cause) });
    await expect(order('dies', 'a', END).answer).rejects.toMatchObject({ code: 'internal' });
    expect(causes).toEqual([undefined]);
    expect(threads.running).toBe(0);
    await order('lives', 'a', GO).answer;
    expect(threads.running).toBe(1);
  });

  it('rejects a job that cannot be sent, and what comes behind it is done', async () => {
    const { threads, order } = startObedient();
    const unsendable = { sent: () => undefined } as unknown as Jobs['inflation']['input'];
    await expect(threads.run('inflation', 'a', () => unsendable)).rejects.toThrow('could not be cloned');
    await order('next', 'a', GO).answer;
    expect(threads.running).toBe(1);
  });

  it('refuses a holder that has its share of the waiting, and says so', async () => {
    const refused: string[] = [];
    const { order } = startObedient({
      maxWaiting: 4,
      onRefused: (reason, holder) => refused.push(`${reason} ${holder}`),
    });
    const running = order('a0', 'a');
    const waiting = [1, 2, 3].map((n) => order(`a${n}`, 'a', GO));
    await expect(order('a4', 'a').answer).rejects.toMatchObject({ code: 'over_share' });
    expect(refused).toEqual(['share a']);
    running.say(GO);
    await Promise.all([running, ...waiting].map(({ answer }) => answer));
  });

  it('rejects a job that has waited too long for a thread', async () => {
    const { order } = startObedient({ threads: 1, maxWait: 1 });
    const running = order('a1', 'a');
    await expect(order('a2', 'a', GO).answer).rejects.toMatchObject({ code: 'store_busy' });
    running.say(GO);
    await running.answer;
  });

  it('ends threads that have nothing to do, which nobody is told, and starts others for what comes then', async () => {
    const causes: unknown[] = [];
    const { threads, done, order } = startObedient({ idleTime: 1, onDied: (cause) => causes.push(cause) });
    await Promise.all([order('a1', 'a', GO).answer, order('b1', 'b', GO).answer]);
    while (threads.running > 0) await turn();
    await order('a2', 'a', GO).answer;
    expect(done.toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(causes).toEqual([]);
  });

  it('rejects what waits and what is being done when it is closed, and leaves no thread', async () => {
    const { threads, order } = startObedient();
    const jobs = [order('a1', 'a'), order('a2', 'a'), order('b1', 'b')];
    await threads.close();
    for (const { answer } of [...jobs, order('late', 'a')]) {
      await expect(answer).rejects.toMatchObject({ code: 'shutting_down' });
    }
    expect(threads.running).toBe(0);
  });
});
