/**
 * The kinds of values, with the type of the bound value: the one list of them. What handlers get, what the binders of
 * both encodings accept and what errors call a kind all follow from it.
 */
export interface ValueTypes {
  /** Whatever was sent, parsed. An integer that a number does not hold exactly is a bigint. */
  json: unknown;
  /**
   * JSON text. If the client sent JSON, these are its exact bytes: only the end of the value was looked for, and they
   * may be neither well-formed JSON nor UTF-8. They are a view of what the socket delivered, which is never
   * overwritten; do not transfer its `ArrayBuffer`.
   */
  rawJson: Uint8Array;
  string: string;
  boolean: boolean;
  /** A number. An integer beyond 2^53, whose digits a number does not keep, fails. */
  number: number;
  /** An integer that a number holds exactly. */
  integer: number;
  /** A number, rounded to the nearest 64-bit float as C#'s `double` is. */
  double: number;
  int32: number;
  int64: bigint;
  /** The digits of a decimal number as they were sent, in the range of C#'s `decimal`. */
  decimal: string;
  /** Binary in MessagePack, Base64 in JSON. */
  bytes: Uint8Array;
  /** A timestamp in MessagePack, ISO 8601 in JSON; an `ExactDate` if it has more than milliseconds. */
  date: Date;
}

/** A kind that does not take `null`, unless anything is taken. */
export type PlainKind = keyof ValueTypes;

/** A kind that takes `null` besides. */
export type NullableKind = `${Exclude<PlainKind, 'json' | 'rawJson'>}?`;

/** How a value is bound. */
export type ValueKind = PlainKind | NullableKind;

/** The type of a bound value. */
export type ValueOf<K extends ValueKind> = K extends PlainKind
  ? ValueTypes[K]
  : K extends `${infer B extends PlainKind}?`
    ? ValueTypes[B] | null
    : never;

/** What errors call a kind; where C# has the type, as ASP.NET Core calls it. */
const KIND_NAMES: Readonly<Record<PlainKind, string>> = {
  json: 'Json',
  rawJson: 'RawJson',
  string: 'String',
  boolean: 'Boolean',
  number: 'Number',
  integer: 'Integer',
  double: 'Double',
  int32: 'Int32',
  int64: 'Int64',
  decimal: 'Decimal',
  bytes: 'Byte[]',
  date: 'DateTime',
};

/** The names of all kinds. */
export const VALUE_KINDS: readonly ValueKind[] = (Object.keys(KIND_NAMES) as PlainKind[]).flatMap((kind) =>
  kind === 'json' || kind === 'rawJson' ? [kind] : [kind, `${kind}?` as const],
);

const known: ReadonlySet<string> = new Set(VALUE_KINDS);

/** Whether a kind has this name. */
export function isKnownKind(kind: string): kind is ValueKind {
  return known.has(kind);
}

/** Whether `null` is a value of this kind. */
export function takesNull(kind: ValueKind): boolean {
  return kind === 'json' || kind.endsWith('?');
}

/** Whether values of this kind are neither arrays nor objects. */
export function isScalar(kind: ValueKind): boolean {
  return kind !== 'json' && kind !== 'rawJson';
}

/** The kind without its question mark. */
export function plainKind(kind: ValueKind): PlainKind {
  return (kind.endsWith('?') ? kind.slice(0, -1) : kind) as PlainKind;
}

/** What errors call a kind. */
export function kindName(kind: ValueKind): string {
  return KIND_NAMES[plainKind(kind)];
}
