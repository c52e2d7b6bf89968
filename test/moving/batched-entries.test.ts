import { BatchedEntries } from '../../src/moving/batched-entries';
import type { Entry, EntryKind } from '../../src/moving/entry';

/** Entries written as `a:text`, those of packages as `a!text`; the batches that come of them, each with its texts. */
function batchesOf(characters: number | undefined, ...written: string[]): string[] {
  const batched = new BatchedEntries(characters);
  const batches = written.map(entryOf).flatMap((entry) => [...batched.add(entry)]);
  return [...batches, ...batched.rest()].map(
    ({ lane, entries }) => `${lane}:${entries.map(({ text }) => text).join('+')}`,
  );
}

function entryOf(written: string): Entry {
  const [, lane = '', sign, text = ''] = /^(\w)([:!])(.*)$/s.exec(written) ?? [];
  const kind: EntryKind = sign === '!' ? 'packages' : 'events';
  return { lane, kind, text, content: text };
}

describe('BatchedEntries', () => {
  it('puts the entries of a lane together, whatever comes between', () => {
    expect(batchesOf(undefined, 'a:1', 'b:2', 'a:3', 'b:4')).toEqual(['a:1+3', 'b:2+4']);
  });

  it('gives a batch when it has as many characters as it is told', () => {
    expect(batchesOf(3, 'a:1', 'a:22', 'a:333', 'a:4')).toEqual(['a:1+22', 'a:333', 'a:4']);
  });

  it('keeps packages apart, and in the order of their lane', () => {
    expect(batchesOf(undefined, 'a:1', 'b:2', 'a!p', 'a!q', 'a:3')).toEqual(['a:1', 'a:p', 'a:q', 'b:2', 'a:3']);
  });

  it('gives everything when all lanes together have much', () => {
    const long = 'x'.repeat(200_000);
    const lanes = [...Array(22).keys()].map((n) => String.fromCharCode(97 + n));
    const batched = new BatchedEntries();
    const given = lanes.map((lane) => [...batched.add(entryOf(`${lane}:${long}`))].length);
    expect(given.filter((count) => count > 0)).toEqual([21]);
    expect([...batched.rest()]).toHaveLength(1);
  });
});
