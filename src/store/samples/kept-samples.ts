import type { Samples } from './summary';

/** Those of some samples that came with a package at an offset or behind it: those before it were removed. */
export function keptSamples({ base, at, origins, values, isExact, text }: Samples, from: number): Samples {
  const { offsets, indexes } = origins;
  const kept = Array.from(at.keys()).filter((index) => offsets[index]! >= from);
  return {
    ...{ base, isExact },
    at: Float64Array.from(kept, (index) => at[index]!),
    origins: {
      offsets: kept.map((index) => offsets[index]!),
      indexes: kept.map((index) => indexes[index]!),
    },
    values: values && Float64Array.from(kept, (index) => values[index]!),
    text: (index) => text(kept[index]!),
  };
}
