import fc from 'fast-check';
import { VALUE_KINDS, type ValueKind } from '../../../src/store/contract/parameter-store';
import { BLOCK_SAMPLES, BlockReader, makeBlocks, nearParts, type Block } from '../../../src/store/samples/block';
import { RunningSummary } from '../../../src/store/samples/running-summary';
import { timestampOf, type Summary } from '../../../src/store/samples/summary';
import { compareDecimals } from '../../support/decimals';
import { anySamples, inOrder, listOf, type ListedSample, summedBlock } from './support/samples';

function readBack(kind: ValueKind, blocks: readonly Block[]): ListedSample[] {
  return blocks.flatMap((block) => {
    const reader = new BlockReader(kind, block);
    return reader.zones.flatMap((zone) => {
      const { base, at, origins, tags, text } = reader.samples(zone);
      const { offsets, indexes } = origins;
      return Array.from(at, (distance, index) => ({
        timestamp: base + BigInt(distance),
        ...{ offset: offsets[index]!, index: indexes[index]!, tags: tags[index]!, text: text(index) },
      }));
    });
  });
}

/** What is added, summed up. */
function summaryOf(add: (sums: RunningSummary) => void): Summary {
  const sums = new RunningSummary();
  add(sums);
  return sums.summary;
}

/** Expects a summary to say what the samples, which are in order, come to. */
function expectSummary({ count, first, last, numbers }: Summary, samples: readonly ListedSample[]): void {
  const placeOf = (sample: ListedSample): object => ({
    ...{ timestamp: sample.timestamp, offset: sample.offset, index: sample.index },
  });
  const place = (point: Summary['first']): object => ({
    ...{ timestamp: timestampOf(point), offset: point.offset, index: point.index },
  });
  expect(count).toBe(samples.length);
  expect([place(first), place(last)]).toEqual([placeOf(samples[0]!), placeOf(samples.at(-1)!)]);
  expect([samples[0]!.text, undefined]).toContain(first.text);
  if (numbers === undefined) return;
  const least = samples.reduce((best, each) => (compareDecimals(each.text, best.text) < 0 ? each : best));
  const most = samples.reduce((best, each) => (compareDecimals(each.text, best.text) > 0 ? each : best));
  expect([place(numbers.min), numbers.min.text]).toEqual([placeOf(least), least.text]);
  expect([place(numbers.max), numbers.max.text]).toEqual([placeOf(most), most.text]);
  const sizes = samples.reduce((sum, { text }) => sum + Math.abs(Number(text)), 0);
  const naive = samples.reduce((sum, { text }) => sum + Number(text), 0);
  expect(Math.abs(numbers.sum - naive)).toBeLessThanOrEqual(samples.length * sizes * Number.EPSILON);
}

describe('makeBlocks', () => {
  it.each(VALUE_KINDS)('gives back any %s samples, summed up block by block and zone by zone', (kind) => {
    const rule = fc.property(anySamples(kind), (samples) => {
      const sorted = inOrder(samples);
      const blocks = makeBlocks(kind, listOf(samples).sorted());
      expect(readBack(kind, blocks)).toEqual(sorted);
      let start = 0;
      for (const block of blocks) {
        const own = sorted.slice(start, (start += block.count));
        expect([block.minTimestamp, block.maxTimestamp]).toEqual([own[0]!.timestamp, own.at(-1)!.timestamp]);
        expect(block.lastOffset).toBe(Math.max(...own.map(({ offset }) => offset)));
        expectSummary(
          summaryOf((sums) => {
            summedBlock(block).addTo(sums);
          }),
          own,
        );
        let from = 0;
        for (const zone of new BlockReader(kind, block).zones) {
          const summary = summaryOf((sums) => {
            zone.addTo(sums);
          });
          expectSummary(summary, own.slice(from, (from += summary.count)));
        }
      }
      expect(start).toBe(samples.length);
    });
    fc.assert(rule, { numRuns: 300 });
  });

  it('divides more samples than a block holds', () => {
    const samples = Array.from({ length: 2 * BLOCK_SAMPLES + 1 }, (_, index) => ({
      ...{ timestamp: BigInt(index * 1000), offset: 1 + Math.floor(index / 100), index: index % 100, tags: '' },
      text: (index / 8).toFixed(3),
    }));
    const blocks = makeBlocks('numeric', listOf(samples));
    expect(blocks.map(({ count }) => count)).toEqual([BLOCK_SAMPLES, BLOCK_SAMPLES, 1]);
    expect(readBack('numeric', blocks)).toEqual(samples);
    expect(blocks[0]!.data.length / BLOCK_SAMPLES).toBeLessThan(4);
  });

  it('divides samples that lie further apart than whole numbers of doubles are exact', () => {
    const times = [-(2n ** 63n), -(2n ** 62n), -1n, 0n, 2n ** 50n - 1n, 2n ** 51n, 2n ** 63n - 1n];
    const samples = times.map((timestamp, index) => ({
      timestamp,
      offset: 9,
      index,
      tags: '',
      text: String(timestamp),
    }));
    const blocks = makeBlocks('numeric', listOf(samples));
    expect(blocks.length).toBeGreaterThan(4);
    expect(readBack('numeric', blocks)).toEqual(samples);
  });

  it('divides long texts, and keeps one that is longer than a block', () => {
    const samples = Array.from({ length: 6 }, (_, index) => ({
      ...{ timestamp: BigInt(index), offset: 1, index, tags: '' },
      text: String(index).repeat(300_000),
    }));
    const blocks = makeBlocks('string', listOf(samples));
    expect(blocks.length).toBeGreaterThan(1);
    expect(readBack('string', blocks)).toEqual(samples);
    for (const block of blocks) {
      const { first } = summaryOf((sums) => {
        summedBlock(block).addTo(sums);
      });
      expect(first.text).toBeUndefined();
    }
  });

  it('makes none of none', () => {
    expect(makeBlocks('numeric', listOf([]))).toEqual([]);
  });
});

describe('nearParts', () => {
  it('divides samples at the first that is too far from the first of its part', () => {
    const parts = (...times: bigint[]): number[][] =>
      Array.from(
        nearParts(listOf(times.map((timestamp, index) => ({ timestamp, offset: 1, index, tags: '', text: '' })))),
        ({ start, end }) => [start, end],
      );
    expect(parts()).toEqual([]);
    expect(parts(1n, 1n, 5n)).toEqual([[0, 3]]);
    expect(parts(-(2n ** 63n), 0n, 2n ** 50n - 1n, 2n ** 50n, 2n ** 63n - 1n)).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
      [4, 5],
    ]);
  });
});
