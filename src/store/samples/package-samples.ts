import { VALUE_KINDS, type ValueKind } from '../contract/parameter-store';
import type { PackageColumns } from './package-columns';
import { SampleList } from './sample-list';

/** A parameter, as the samples of a package are sorted by. */
export interface ParameterSamples {
  readonly id: string;
  readonly kind: ValueKind;
  readonly samples: SampleList;
}

/** The tags of each timestamp of a package, as JSON text of pairs of names and values; '' for none. */
export function tagsOf({ timestamps, tags }: PackageColumns): string[] {
  if (tags.size === 0) return Array<string>(timestamps.length).fill('');
  return Array.from(timestamps, (_, index) => {
    const pairs = [...tags].flatMap(([name, column]) => {
      const text = column[index] ?? null;
      return text === null ? [] : [[name, text]];
    });
    return pairs.length === 0 ? '' : JSON.stringify(pairs);
  });
}

/** The samples of a package, parameter by parameter, of those that are wanted. */
export function* samplesOfPackage(
  offset: number,
  columns: PackageColumns,
  wants: (id: string, kind: ValueKind) => boolean = () => true,
): Iterable<ParameterSamples> {
  const tags = tagsOf(columns);
  // Made once: each read of a BigInt64Array makes another bigint.
  const timestamps = Array.from(columns.timestamps);
  for (const kind of VALUE_KINDS) {
    for (const [id, column] of columns.values[kind]) {
      if (!wants(id, kind)) continue;
      const samples = new SampleList();
      for (const [index, text] of column.entries()) {
        if (text !== null) samples.add(timestamps[index]!, { offset, index, tags: tags[index]! }, text);
      }
      yield { id, kind, samples };
    }
  }
}
