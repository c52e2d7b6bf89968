import type { AppendReceipt } from '../../../src/store/contract/event-log';
import { JoinedAppends } from '../../../src/store/kafka/joined-appends';
import type { LogWrite } from '../../../src/store/kafka/log-record';
import { batchAt } from '../support/batches';
import { recordOf } from '../support/rows';

/** A log whose writes are carried out when the test says so. */
class HeldLog {
  readonly written: string[] = [];
  readonly #waiting: { readonly resolve: (receipt: unknown) => void; readonly reject: (error: unknown) => void }[] = [];
  readonly joined: JoinedAppends;

  constructor(maxRecordBytes?: number) {
    this.joined = new JoinedAppends((log, write) => {
      this.written.push(`${log} ${textOf(write)}`);
      return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }, maxRecordBytes);
  }

  /** The writes that were put into it and not settled; lets what follows happen. */
  async settle(receipt: unknown): Promise<void> {
    for (const { resolve } of this.#waiting.splice(0)) resolve(receipt);
    await new Promise(setImmediate);
  }

  async fail(error: Error): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    await new Promise(setImmediate);
  }
}

function textOf(write: LogWrite): string {
  switch (write.kind) {
    case 'events':
      return `${write.append.streamId} ${timestampsIn(write.append.batch.json)} ${write.append.batch.count}`;
    case 'rows':
      return `${write.append.schemaVersion} ${write.append.rows.json.toString()} ${write.append.rows.count}`;
    case 'change':
      return write.change.kind;
    case 'package':
      return `package ${write.append.streamId}`;
  }
}

function timestampsIn(json: Uint8Array): string {
  const events = JSON.parse(`[${Buffer.from(json).toString()}]`) as { readonly timestamp: number }[];
  return events.map(({ timestamp }) => timestamp).join(',');
}

function events(streamId: string, ...timestamps: number[]): LogWrite {
  return { kind: 'events', append: { topic: 't', streamId, createTopic: true, batch: batchAt(...timestamps) } };
}

function withKey(streamId: string, timestamp: number): LogWrite {
  const record = recordOf('k', 'b');
  return { kind: 'events', append: { topic: 't', streamId, createTopic: true, batch: batchAt(timestamp), record } };
}

function rows(text: string, { schemaVersion = 'v1', bad = 0 } = {}): LogWrite {
  const quarantine = { json: Buffer.from(bad > 0 ? '{"bad":1}' : ''), count: bad };
  return {
    kind: 'rows',
    append: { topic: 'd', rows: { json: Buffer.from(text), count: 1 }, quarantine, schemaVersion },
  };
}

describe('joined appends', () => {
  it('fit into a record, however small that may be', async () => {
    const { length } = batchAt(1).json;
    const log = new HeldLog(2 * (2 * length + 1));
    const receipts = [[1], [2], [3], [4, 5, 6], [7]].map((at) => log.joined.send('l', events('s', ...at)));
    expect(log.written).toEqual(['l s 1 1', 'l s 2,3 2', 'l s 4,5,6 3']);
    await log.settle({ position: '7' });
    expect(log.written.slice(3)).toEqual(['l s 7 1']);
    await log.settle({ position: '7' });
    await Promise.all(receipts);
  });

  it('are one record when they come while another one to their stream is under way', async () => {
    const log = new HeldLog();
    const receipts = [1, 2, 3].map((timestamp) => log.joined.send('l', events('s', timestamp)));
    receipts.push(log.joined.send('l', events('s', 4, 5)));
    expect(log.written).toEqual(['l s 1 1']);
    await log.settle({ position: '1' });
    expect(log.written).toEqual(['l s 1 1', 'l s 2,3,4,5 4']);
    await log.settle({ position: '5' });
    expect(await Promise.all(receipts)).toEqual(['1', '2', '3', '5'].map((position) => ({ position })));
  });

  it('say each where it ends in a topic of a later generation', async () => {
    const log = new HeldLog();
    const receipts = [1, 2, 3].map((timestamp) => log.joined.send('l', events('s', timestamp)));
    await log.settle({ position: 'g2-7' });
    await log.settle({ position: 'g2-12' });
    expect((await Promise.all(receipts)).map((receipt) => (receipt as AppendReceipt).position)).toEqual([
      'g2-7',
      'g2-11',
      'g2-12',
    ]);
  });

  it('leave other streams, and other logs, alone', () => {
    const log = new HeldLog();
    for (const [name, stream] of [
      ['l', 's'],
      ['l', 'other'],
      ['m', 's'],
    ] as const)
      void log.joined.send(name, events(stream, 1));
    expect(log.written).toEqual(['l s 1 1', 'l other 1 1', 'm s 1 1']);
  });

  it.each([
    ['what has a key', withKey('s', 9), 's 9 1'],
    [
      'a change of the stream',
      { kind: 'change', change: { kind: 'close_stream', topic: 't', streamId: 's' } } as const,
      'close_stream',
    ],
    ['a change of all of the topic', { kind: 'change', change: { kind: 'barrier' } } as const, 'barrier'],
  ])('come before %s that is called after them', async (_, write, text) => {
    const log = new HeldLog();
    for (const timestamp of [1, 2]) void log.joined.send('l', events('s', timestamp));
    void log.joined.send('l', write);
    void log.joined.send('l', events('s', 3));
    await log.settle({ position: '9' });
    expect(log.written).toEqual(['l s 1 1', 'l s 2 1', `l ${text}`, 'l s 3 1']);
  });

  it('do not wait for a change of another stream', () => {
    const log = new HeldLog();
    for (const timestamp of [1, 2]) void log.joined.send('l', events('s', timestamp));
    const change = { kind: 'close_stream', topic: 't', streamId: 'other' } as const;
    void log.joined.send('l', { kind: 'change', change });
    expect(log.written).toEqual(['l s 1 1', 'l close_stream']);
  });

  it('wait no longer when they are large', () => {
    const log = new HeldLog();
    const long = Array.from({ length: 10_000 }, (_, index) => index);
    for (let times = 0; times < 2; times++) void log.joined.send('l', events('s', ...long));
    expect(log.written).toHaveLength(2);
  });

  it('go at once when they are asked to', () => {
    const log = new HeldLog();
    for (const timestamp of [1, 2, 3]) void log.joined.send('l', events('s', timestamp));
    log.joined.flush('l');
    expect(log.written).toEqual(['l s 1 1', 'l s 2,3 2']);
  });

  it('fail together, and no other does', async () => {
    const log = new HeldLog();
    const receipts = [1, 2, 3].map((timestamp) => log.joined.send('l', events('s', timestamp)));
    await log.settle({ position: '1' });
    const settled = Promise.allSettled(receipts);
    await log.fail(new Error('full'));
    const later = log.joined.send('l', events('s', 4));
    await log.settle({ position: '2' });
    expect([...(await settled), ...(await Promise.allSettled([later]))].map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });

  it('are rows of one schema, none of them quarantined', async () => {
    const log = new HeldLog();
    const sent = [
      rows('1'),
      rows('2'),
      rows('3'),
      rows('4', { schemaVersion: 'v2' }),
      rows('5', { bad: 1 }),
      rows('6'),
    ];
    const receipts = sent.map((write) => log.joined.send('l', write));
    await log.settle({});
    expect(log.written).toEqual(['l v1 1 1', 'l v1 2,3 2', 'l v2 4 1', 'l v1 5 1', 'l v1 6 1']);
    await log.settle({});
    expect(await Promise.all(receipts)).toHaveLength(6);
  });
});
