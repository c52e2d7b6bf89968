import fc from 'fast-check';
import { LogFileParameters } from '../../support/log-file-parameters';
import { expectSameBuckets } from '../support/buckets';
import { aggregate, packageOf, readPackages, readSamples, saidBy, sendPackage } from '../support/packages';
import { rowsOf } from '../../support/sample-rows';
import type { StoreSupply } from '../store-contract';
import { anyPackage } from './arbitraries';

/** Whatever is sent is read back in every way. */
export function describeParameterStore(supply: StoreSupply): void {
  it('gives back any packages, their samples and what they come to', async () => {
    const store = await supply.share();
    const anySent = fc.record({ streamId: fc.constantFrom('a', 'b'), input: anyPackage });
    const anyQuery = fc.record({
      ...{ limit: fc.integer({ min: 1, max: 7 }), interval: fc.constantFrom(1n, 7n, 2n ** 40n, 2n ** 64n) },
      ...{ from: fc.bigInt({ min: -60n, max: 20n }), length: fc.bigInt({ min: 0n, max: 80n }) },
      origin: fc.bigInt({ min: -10n, max: 10n }),
    });
    let topics = 0;
    const rule = fc.asyncProperty(fc.array(anySent, { minLength: 1, maxLength: 12 }), anyQuery, async (sent, query) => {
      const topic = `t${(topics += 1)}`;
      const batches = sent.map(({ streamId, input }) => ({ streamId, batch: packageOf(input) }));
      await Promise.all(batches.map(({ streamId, batch }) => sendPackage(store, streamId, batch, { topic })));
      const { limit, interval, origin, from, length } = query;
      for (const streamId of new Set(batches.map((each) => each.streamId))) {
        const ofStream = batches.filter((each) => each.streamId === streamId).map(({ batch }) => batch);
        expect(saidBy(await readPackages(store, { topic, streamId, limit }))).toEqual(saidBy(ofStream));
        const naive = new LogFileParameters();
        for (const [number, { json }] of ofStream.entries()) {
          naive.add({ number, position: '', streamId, json: Buffer.from(json).toString() });
        }
        for (const span of [{}, { from, to: from + length }]) {
          const samples = { topic, streamId, ...span };
          const expected = rowsOf(naive.readSamples({ ...samples, limit: Infinity }));
          expect(await readSamples(store, { ...samples, limit })).toEqual(expected);
          const grid = { interval, origin, maxBuckets: Number.MAX_SAFE_INTEGER };
          const wide = Object.keys(span).length === 0 ? { ...grid, interval: 2n ** 40n * interval } : grid;
          expectSameBuckets(
            await aggregate(store, wide.interval, { ...samples, ...wide }),
            naive.aggregateSamples({ ...samples, ...wide }),
          );
        }
      }
    });
    await fc.assert(rule, { numRuns: supply.runs(60) });
  });
}
