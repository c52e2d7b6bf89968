import { isKnownKind, VALUE_KINDS, type ValueKind, type ValueOf } from '../protocol/value-kinds';

/** A stream that the client uploads while the method runs: `stream` of anything, `rawStream` of JSON text. */
export type StreamKind = 'stream' | 'rawStream' | `stream<${ValueKind}>`;

/** The kind of a parameter: a value, or a stream from the client. */
export type ParameterKind = ValueKind | StreamKind;

/**
 * The items of an upload stream, in order. The iteration throws the error that the client completed the stream with,
 * or an error when an item is of the wrong kind or the connection is lost. While more than `streamBufferCapacity` items
 * are waiting, nothing more is read from the client. It can be iterated once.
 */
export type UploadedItems<T> = AsyncIterable<T>;

/** The type of the argument for a kind of parameter. */
export type ArgumentOf<K extends ParameterKind> = K extends ValueKind
  ? ValueOf<K>
  : K extends 'stream'
    ? UploadedItems<unknown>
    : K extends 'rawStream'
      ? UploadedItems<Uint8Array>
      : K extends `stream<${infer V extends ValueKind}>`
        ? UploadedItems<ValueOf<V>>
        : never;

/** The type of the argument for each kind of parameter. */
export type ArgumentTypes = { [K in ParameterKind]: ArgumentOf<K> };

/** The names of kinds; there is a stream for each of them that is a value's. */
export const PARAMETER_KINDS: readonly string[] = [...VALUE_KINDS, 'stream', 'rawStream', 'stream<string>, …'];

const STREAM = /^stream<(.*)>$/;

/** The kind of a stream whose items are of a kind: `stream('int32')`. An item of another kind fails the stream. */
export function stream<const K extends ValueKind>(kind: K): `stream<${K}>` {
  return `stream<${kind}>`;
}

/** The kind of a stream's items, `undefined` when it is the kind of a value. */
export function itemKind(kind: ParameterKind): ValueKind | undefined {
  if (kind === 'stream') return 'json';
  if (kind === 'rawStream') return 'rawJson';
  return STREAM.exec(kind)?.[1] as ValueKind | undefined;
}

/** Whether a parameter is part of the invocation message, unlike a stream, which follows it. */
export function isValueKind(kind: ParameterKind): kind is ValueKind {
  return itemKind(kind) === undefined;
}

/** Whether there is a kind of this name. */
export function isParameterKind(kind: ParameterKind): boolean {
  return isKnownKind(itemKind(kind) ?? kind);
}
