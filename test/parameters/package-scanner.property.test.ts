import fc from 'fast-check';
import { scan } from './support/scanning';
import { type PackageModel, writtenPackage } from './support/written-packages';
import { readExactly } from './support/exact-package';

/** The times of a package, the epoch added. */
const timesOf = ({ epoch, timestamps }: PackageModel): bigint[] => timestamps.map((timestamp) => timestamp + epoch);

function extremes(times: readonly bigint[]): [least: bigint | undefined, greatest: bigint | undefined] {
  const ascending = [...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [ascending[0], ascending.at(-1)];
}

function samplesOf({ columns }: PackageModel): number {
  return Object.entries(columns)
    .filter(([member]) => member !== 'tagValues')
    .flatMap(([, byId]) => Object.values(byId).flat())
    .filter((value) => value !== null).length;
}

describe('scanPackage on valid packages, however they are written', () => {
  it('keeps every timestamp, every digit and every character', () => {
    fc.assert(
      fc.property(writtenPackage, ({ text, model }) => {
        const { json, count, samples, minTimestamp, maxTimestamp } = scan(text);
        expect(readExactly(Buffer.from(json).toString())).toEqual(model);
        expect([count, samples]).toEqual([model.timestamps.length, samplesOf(model)]);
        expect([minTimestamp, maxTimestamp]).toEqual(extremes(timesOf(model)));
      }),
      { numRuns: 500 },
    );
  });

  it('gives canonical text that needs no further change', () => {
    fc.assert(
      fc.property(writtenPackage, ({ text }) => {
        const first = scan(text);
        const again = scan(first.json);
        expect(again.json.buffer).toBe(first.json.buffer);
        expect(again).toEqual(first);
      }),
    );
  });
});
