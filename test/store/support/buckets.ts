import { VALUE_KINDS, type SampleBucket, type SampleBuckets } from '../../../src/store/contract/parameter-store';

/** Expects the same buckets; sums may differ as far as the order of their terms lets them. */
export function expectSameBuckets(actual: SampleBuckets, expected: SampleBuckets): void {
  for (const kind of VALUE_KINDS) {
    expect([...actual[kind].keys()].toSorted()).toEqual([...expected[kind].keys()].toSorted());
    for (const [id, buckets] of expected[kind]) {
      const found = actual[kind].get(id)!;
      expect(found.map(withoutSum)).toEqual(buckets.map(withoutSum));
      for (const [index, bucket] of buckets.entries()) expectSum(found[index]!, bucket);
    }
  }
}

function withoutSum({ sum: _, ...bucket }: SampleBucket): object {
  return bucket;
}

function expectSum({ sum }: SampleBucket, expected: SampleBucket): void {
  const { count, min, max } = expected;
  if (min === undefined || max === undefined) {
    expect(sum).toBeUndefined();
    return;
  }
  const largest = Math.max(Math.abs(Number(min.text)), Math.abs(Number(max.text)));
  expect(Math.abs(sum! - expected.sum!)).toBeLessThanOrEqual(count * count * largest * Number.EPSILON);
}
