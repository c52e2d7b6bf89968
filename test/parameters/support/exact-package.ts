import type { PackageModel } from './written-packages';

/** Marks the numbers of a package that has no strings of that beginning. */
const NUMBER = '\ue000number ';

/** Reads the canonical text of a package with all digits of its numbers. Independent of the scanner. */
export function readExactly(text: string): PackageModel {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
    token.startsWith('"') ? token : JSON.stringify(NUMBER + token),
  );
  const { epoch, timestamps, ...columns } = JSON.parse(marked) as {
    epoch?: string;
    timestamps: string[];
  } & PackageModel['columns'];
  return {
    epoch: epoch === undefined ? 0n : integer(epoch),
    timestamps: timestamps.map(integer),
    columns: Object.fromEntries(
      Object.entries(columns).map(([member, byId]) => [
        member,
        Object.fromEntries(
          Object.entries(byId).map(([id, values]) => [
            id,
            member === 'numericValues' ? values.map((value) => value && digitsOf(value)) : values,
          ]),
        ),
      ]),
    ),
  };
}

function digitsOf(marked: string): string {
  if (!marked.startsWith(NUMBER)) throw new Error(`not a number: ${marked}`);
  return marked.slice(NUMBER.length);
}

function integer(marked: string): bigint {
  return BigInt(digitsOf(marked));
}
