import { InvalidDataException } from '../exceptions';
import { kindName, type ValueKind } from './value-kinds';

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

/** The arguments of an invocation do not fit its method. */
export class ArgumentMisfitException extends InvalidDataException {
  constructor(
    message: string,
    /** What is wrong, in a sentence whose subject is the method: for the log, and for who words its own errors. */
    readonly reason: string,
  ) {
    super(message);
  }
}

/** An invocation has more or fewer arguments than its method takes. */
export function wrongCount(count: number, greatest: number, required: number): ArgumentMisfitException {
  const expected = required === greatest ? String(greatest) : `${required} to ${greatest}`;
  return new ArgumentMisfitException(
    `Invocation provides ${count} argument(s) but target expects ${expected}.`,
    `takes ${expected} argument${expected === '1' ? '' : 's'}, got ${count}`,
  );
}

/** The argument at this index is not of the kind of its parameter. */
export function wrongArgument(index: number, kind: ValueKind): ArgumentMisfitException {
  return new ArgumentMisfitException(
    'Error binding arguments. ' +
      'Make sure that the types of the provided values match the types of the hub method being invoked.',
    kind === 'json'
      ? `cannot read argument ${index + 1}: it is malformed, or holds a number out of range or a lone surrogate`
      : `takes ${kind} for argument ${index + 1}, got something else`,
  );
}

/** The list of arguments is not JSON. */
export function malformedArguments({ message }: InvalidDataException): ArgumentMisfitException {
  return new ArgumentMisfitException(message, 'cannot read the arguments: they are not well-formed');
}

/** A value is not of its kind. Whoever knows what the value is for catches this and says more. */
export function misfit(): InvalidDataException {
  return new InvalidDataException('the value is not of its kind');
}

/** An item or a result is not of the expected kind. */
export function wrongValue(kind: ValueKind, field: string): InvalidDataException {
  return new InvalidDataException(`Deserializing object of the \`${kindName(kind)}\` type for '${field}' failed.`);
}

/** The error in place of a result of the wrong kind. */
export function wrongResult(kind: ValueKind, { message }: InvalidDataException): string {
  return `Error trying to deserialize result to ${kindName(kind)}. ${message}`;
}
