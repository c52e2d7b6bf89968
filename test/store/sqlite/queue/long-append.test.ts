import { eventParts, LongAppend, rowParts } from '../../../../src/store/sqlite/queue/long-append';
import { WriterHubError } from '../../../../src/errors';
import { OutcomeUnknown } from '../../../../src/store/contract/outcome-unknown';
import { batchAt } from '../../support/batches';
import { longEvents, longQuarantine, longRows, numbers } from '../../support/long-batches';
import { nothing, recordOf, values } from '../../support/rows';

const TARGET = { topic: 't', streamId: 's', createTopic: true, creator: 'c', holder: 'h' };

/** What a text of elements without brackets holds. */
function elementsOf(json: Uint8Array): unknown[] {
  return JSON.parse(`[${Buffer.from(json).toString()}]`) as unknown[];
}

describe('eventParts', () => {
  it('divides a long text between events, and leaves nothing out', () => {
    const batch = longEvents(1, 21_000);
    const parts = eventParts({ ...TARGET, batch });
    expect(parts.length).toBeGreaterThan(4);
    const ids = parts.map((part) => elementsOf(part.batch.json).map((event) => (event as { id: string }).id));
    expect(ids.flat()).toEqual(numbers(1, 21_000));
    expect(ids.map(({ length }) => length)).toEqual(parts.map((part) => part.batch.count));
    for (const { batch: part } of parts) {
      expect(part.json.length).toBeLessThanOrEqual(512 * 1024);
      expect(part.count).toBeLessThanOrEqual(4000);
      expect([part.minTimestamp, part.maxTimestamp]).toEqual([1n, 21_000n]);
    }
  });

  it('bounds parts of short events by their number, and parts of long ones by their bytes', () => {
    expect(eventParts({ ...TARGET, batch: longEvents(1, 12_000, '') }).map(({ batch }) => batch.count)).toEqual([
      4000, 4000, 4000,
    ]);
    const long = eventParts({ ...TARGET, batch: longEvents(1, 20, 'x'.repeat(100_000)) });
    expect(long.map(({ batch }) => batch.count)).toEqual([5, 5, 5, 5]);
  });

  it('leaves an event alone that is longer than a part', () => {
    const [first, second] = [longEvents(1, 2, 'x'.repeat(600_000)), longEvents(1, 1, 'x'.repeat(2_000_000))];
    expect(eventParts({ ...TARGET, batch: first }).map(({ batch }) => batch.count)).toEqual([1, 1]);
    expect(eventParts({ ...TARGET, batch: second })).toHaveLength(1);
  });

  it('gives the record to the first part and the last', () => {
    const record = recordOf('k', 'body');
    const parts = eventParts({ ...TARGET, batch: longEvents(1, 12_000, ''), record });
    expect(parts.map((part) => part.record)).toEqual([record, undefined, record]);
  });

  it('does not divide what is short', () => {
    expect(eventParts({ ...TARGET, batch: batchAt(1, 2) })).toHaveLength(1);
    expect(longEvents(1, 1000).cuts).toBeUndefined();
  });
});

describe('rowParts', () => {
  const append = { topic: 'd', schemaVersion: '1.0', rows: nothing, quarantine: nothing };

  it('divides rows, then quarantined rows, and replaces what is replaced with the last part', () => {
    const [rows, quarantine] = [longRows(1, 45_000), longQuarantine(1, 7000)];
    const parts = rowParts({ ...append, rows, quarantine, replaced: ['1'], record: recordOf('k', 'body') });
    expect(parts.flatMap((part) => elementsOf(part.rows.json))).toHaveLength(45_000);
    expect(parts.flatMap((part) => elementsOf(part.quarantine.json))).toHaveLength(7000);
    expect(parts.map((part) => [part.rows.count, part.quarantine.count])).toEqual([
      ...[10_000, 10_000, 10_000, 10_000, 5000].map((count) => [count, 0]),
      ...[3000, 3000, 1000].map((count) => [0, count]),
    ]);
    expect(parts.map(({ replaced }) => replaced)).toEqual([...Array<undefined>(7).fill(undefined), ['1']]);
    expect(parts.map(({ record }) => record?.key)).toEqual(['k', ...Array<undefined>(6).fill(undefined), 'k']);
  });

  it('keeps short rows with a few quarantined ones together', () => {
    const short = { ...append, rows: values(1, 2), quarantine: longQuarantine(1, 3000) };
    expect(rowParts(short)).toEqual([short]);
  });
});

describe('LongAppend', () => {
  const begun = () => new LongAppend<string>('t', { records: 1, bytes: 1 }, (receipt) => receipt === 'repeated');
  const failure = new WriterHubError('topic_limit', 'full');

  it('settles with its last part', async () => {
    const append = begun();
    append.follow(Promise.resolve('first'), false);
    await Promise.resolve();
    expect(append.isOver).toBe(false);
    append.follow(Promise.resolve('last'), true);
    await expect(append.receipt).resolves.toBe('last');
    expect(append.isOver).toBe(true);
  });

  it('settles with a part that was stored before, or is refused', async () => {
    const [repeated, refused] = [begun(), begun()];
    repeated.follow(Promise.resolve('repeated'), false);
    refused.follow(Promise.reject(failure), false);
    await expect(repeated.receipt).resolves.toBe('repeated');
    await expect(refused.receipt).rejects.toBe(failure);
    expect([repeated.isOver, refused.isOver]).toEqual([true, true]);
  });

  it('has the last part tell when nobody knows what became of it', async () => {
    const append = begun();
    const unknown = new OutcomeUnknown('unknown', () => Promise.resolve());
    append.follow(Promise.reject(unknown), false);
    await Promise.resolve();
    expect(append.isOver).toBe(false);
    append.follow(Promise.reject(unknown), true);
    await expect(append.receipt).rejects.toBe(unknown);
  });
});
