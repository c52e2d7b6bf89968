import { InvalidDataException } from '../exceptions';
import type { ValueKind } from './hub-protocol';

/** A value is larger than what the server parses. */
export class ValueTooLargeException extends InvalidDataException {
  constructor(what: string, limit: number) {
    super(
      `${what} is larger than ${limit} bytes, the most that is parsed. ` +
        'The size can be configured with the option maximumParsedSize.',
      true,
    );
  }
}

/** Whether values of this kind are neither arrays nor objects. */
export function isScalar(kind: ValueKind): boolean {
  return kind !== 'json' && kind !== 'rawJson';
}

/** Whether a value is of this kind. */
export function fitsKind(value: unknown, kind: ValueKind): boolean {
  return !isScalar(kind) || typeof value === kind;
}

/** An invocation has more or fewer arguments than its method takes. */
export function wrongCount(count: number, greatest: number, required: number): InvalidDataException {
  const expected = required === greatest ? String(greatest) : `${required} to ${greatest}`;
  return new InvalidDataException(`Invocation provides ${count} argument(s) but target expects ${expected}.`);
}

/** An argument is not of the kind of its parameter. */
export function wrongTypes(): InvalidDataException {
  return new InvalidDataException(
    'Error binding arguments. ' +
      'Make sure that the types of the provided values match the types of the hub method being invoked.',
  );
}

/** An item or a result is not of the expected kind. */
export function wrongValue(kind: ValueKind, field: string): InvalidDataException {
  return new InvalidDataException(`Deserializing object of the \`${typeName(kind)}\` type for '${field}' failed.`);
}

/** The error in place of a result of the wrong kind. */
export function wrongResult(kind: ValueKind, { message }: InvalidDataException): string {
  return `Error trying to deserialize result to ${typeName(kind)}. ${message}`;
}

function typeName(kind: ValueKind): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}
