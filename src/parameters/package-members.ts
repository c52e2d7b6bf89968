import { COLUMN_MEMBERS, type ColumnKind, type ValueKind } from '../store/contract/parameter-store';

/** The members of a package that hold columns. */
export type ColumnMember = (typeof COLUMN_MEMBERS)[ColumnKind];

export type PackageMember = 'epoch' | 'timestamps' | ColumnMember;

/** The members of a package, as the canonical text writes them. */
export const PACKAGE_MEMBERS: readonly PackageMember[] = ['epoch', 'timestamps', ...Object.values(COLUMN_MEMBERS)];

/** The kind of the values of a member; tags are none. */
export const KINDS: Readonly<Record<ColumnMember, ValueKind | undefined>> = {
  numericValues: 'numeric',
  stringValues: 'string',
  binaryValues: 'binary',
  tagValues: undefined,
};

/** Every accepted name: camelCase, and PascalCase because .NET clients that keep their property names send it. */
const ACCEPTED_NAMES = new Map(
  PACKAGE_MEMBERS.flatMap((name) => [
    [name as string, name] as const,
    [name[0]!.toUpperCase() + name.slice(1), name] as const,
  ]),
);

/** The member with a name; `undefined` when there is none. */
export function memberNamed(name: string): PackageMember | undefined {
  return ACCEPTED_NAMES.get(name);
}

const NAMES = PACKAGE_MEMBERS.map((name) => ({ name, bytes: Buffer.from(name) }));

/** The member whose camelCase name stands between two offsets, without escapes, which is how most senders write it. */
export function memberAt(text: Uint8Array, start: number, end: number): PackageMember | undefined {
  for (const { name, bytes } of NAMES) if (bytes.length === end - start && isAt(text, start, bytes)) return name;
  return undefined;
}

function isAt(text: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (text[start + i] !== bytes[i]) return false;
  return true;
}
