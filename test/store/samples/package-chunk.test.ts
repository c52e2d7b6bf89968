import fc from 'fast-check';
import { packPackages, unpackPackages, type PlacedPackage } from '../../../src/store/samples/package-chunk';
import { parsePackage, renderPackage } from '../../../src/store/samples/package-columns';
import { anyPackage } from '../contract/arbitraries';
import { packageText, type PackageInput } from '../support/packages';

function placed(offset: number, stream: number, input: PackageInput): PlacedPackage {
  return { offset, stream, columns: parsePackage(packageText(input)) };
}

function said(packages: readonly PlacedPackage[]): object[] {
  return packages.map(({ offset, stream, columns }) => ({ offset, stream, json: renderPackage(columns) }));
}

describe('packPackages', () => {
  it('gives back any packages in order of their offsets, of whatever streams and columns', () => {
    const any = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 ** 40 }), anyPackage);
    const rule = fc.property(fc.array(any, { minLength: 1, maxLength: 12 }), (all) => {
      let offset = 0;
      const packages = all.map(([stream, step, input]) => placed((offset += step), stream, input));
      const packed = packPackages(packages);
      expect(said(unpackPackages(packed))).toEqual(said(packages));
      const ofFirst = packages.filter(({ stream }) => stream === 1);
      expect(said(unpackPackages(packed, (stream) => stream === 1))).toEqual(said(ofFirst));
    });
    fc.assert(rule, { numRuns: 300 });
  });

  it('gives back packages without columns, with and without an epoch', () => {
    const inputs = [
      { timestamps: [1] },
      { timestamps: [2, 2] },
      { epoch: 0, timestamps: [3] },
      { timestamps: [4], tags: {} },
    ];
    const packages = inputs.map((input, index) => placed(index + 1, 1, input));
    expect(said(unpackPackages(packPackages(packages)))).toEqual(said(packages));
  });

  it('tells an id from the same one of another kind, and columns in another order', () => {
    const inputs = [
      { timestamps: [1], numeric: { a: [1] }, string: { a: ['x'] } },
      { timestamps: [1], numeric: { a: [1], b: [2] } },
      { timestamps: [1], numeric: { b: [2], a: [1] } },
      { timestamps: [1], tags: { a: ['x'] } },
    ];
    const packages = inputs.map((input, index) => placed(index + 1, 1, input));
    expect(said(unpackPackages(packPackages(packages)))).toEqual(said(packages));
  });

  it('gives back none of none', () => {
    expect(unpackPackages(packPackages([]))).toEqual([]);
  });
});
