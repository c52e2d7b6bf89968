import fc from 'fast-check';
import type { ValueKind } from '../../../../src/store/contract/parameter-store';
import type { Block } from '../../../../src/store/samples/block';
import { SampleList } from '../../../../src/store/samples/sample-list';
import { SummedBlocks } from '../../../../src/store/samples/summed-blocks';
import { anyNumberText, anyText, anyTimestamp } from '../../contract/arbitraries';

/** A sample of a series. */
export interface ListedSample {
  readonly timestamp: bigint;
  readonly offset: number;
  readonly index: number;
  readonly tags: string;
  readonly text: string;
}

const anyTime = fc.oneof(fc.bigInt({ min: -40n, max: 40n }), fc.bigInt({ min: 0n, max: 2n ** 52n }), anyTimestamp);

/** Any samples of a series, each at a place of its own, in any order. */
export function anySamples(kind: ValueKind, maxLength = 40): fc.Arbitrary<ListedSample[]> {
  const sample = fc.record({
    timestamp: anyTime,
    offset: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 45 })),
    index: fc.integer({ min: 0, max: 12 }),
    tags: fc.constantFrom('', '[["car","1"]]', '[["",""]]'),
    text: kind === 'numeric' ? anyNumberText : anyText,
  });
  const selector = ({ offset, index }: ListedSample): string => `${offset} ${index}`;
  return fc.uniqueArray(sample, { selector, minLength: 1, maxLength });
}

/** The samples as a list. */
export function listOf(samples: readonly ListedSample[]): SampleList {
  const list = new SampleList();
  for (const { timestamp, text, ...origin } of samples) list.add(timestamp, origin, text);
  return list;
}

/** In order of time; those of equal times in order of arrival. */
export function inOrder(samples: readonly ListedSample[]): ListedSample[] {
  return samples.toSorted((a, b) => {
    if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
    return a.offset - b.offset || a.index - b.index;
  });
}

/** What some blocks come to, of which `next` goes to the first. */
export function summedBlocks(blocks: readonly Block[]): SummedBlocks {
  return new SummedBlocks({
    ids: blocks.map((_, index) => index + 1),
    minTimestamps: blocks.map(({ minTimestamp }) => minTimestamp),
    lengths: blocks.map(({ minTimestamp, maxTimestamp }) => Number(maxTimestamp - minTimestamp)),
    summaries: Buffer.concat(blocks.map(({ summary }) => summary)),
  });
}

/** What one block comes to. */
export function summedBlock(block: Block): SummedBlocks {
  const summed = summedBlocks([block]);
  summed.next();
  return summed;
}
