import { VALUE_KINDS, type SampleColumn, type ValueKind } from '../../src/store/contract/parameter-store';
import { elementsOf, membersOf } from './json-texts';

/** Where a package has the values of each kind. */
export const MEMBERS: Readonly<Record<ValueKind, string>> = {
  numeric: 'numericValues',
  string: 'stringValues',
  binary: 'binaryValues',
};

/** What a package says: timestamps with the epoch added, the texts of numbers, strings and base64. */
export interface SentPackage {
  readonly epoch: bigint | undefined;
  readonly timestamps: readonly bigint[];
  readonly values: Readonly<Record<ValueKind, ReadonlyMap<string, SampleColumn>>>;
  readonly tags: ReadonlyMap<string, SampleColumn>;
}

/** Takes the text of a package apart, one token at a time. */
export function readPackage(json: string): SentPackage {
  const members = new Map(membersOf(json));
  const epochText = members.get('epoch');
  const epoch = epochText === undefined ? undefined : BigInt(epochText);
  const columns = (name: string, toValue: (text: string) => string): ReadonlyMap<string, SampleColumn> =>
    new Map(
      membersOf(members.get(name) ?? '{}').map(([id, column]) => [
        id,
        elementsOf(column).map((text) => (text === 'null' ? null : toValue(text))),
      ]),
    );
  const ofKind = (kind: ValueKind): ReadonlyMap<string, SampleColumn> =>
    columns(MEMBERS[kind], kind === 'numeric' ? (text) => text : fromString);
  return {
    epoch,
    timestamps: elementsOf(members.get('timestamps')!).map((text) => BigInt(text) + (epoch ?? 0n)),
    values: { numeric: ofKind('numeric'), string: ofKind('string'), binary: ofKind('binary') },
    tags: columns('tagValues', fromString),
  };
}

/** Every sample of a package: its place in it, its parameter and its value. */
export function* samplesOf({
  values,
}: Pick<SentPackage, 'values'>): Iterable<{ index: number; kind: ValueKind; id: string; text: string }> {
  for (const kind of VALUE_KINDS) {
    for (const [id, column] of values[kind]) {
      for (const [index, text] of column.entries()) if (text !== null) yield { index, kind, id, text };
    }
  }
}

function fromString(text: string): string {
  return JSON.parse(text) as string;
}
