import { InvalidDataException } from '../exceptions';
import { JsonArguments } from './json-arguments';
import { JsonSpan } from './json-span';
import { JsonScanner, parseJson } from './json-scanner';
import { malformed, MAXIMUM_DEPTH, SIGN } from './json-signs';
import type { InvocationBinder } from './hub-protocol';
import type { MessageHeaders } from './hub-messages';
import { MESSAGE_TYPE } from './hub-messages';
import { NameTable } from './name-table';
import { ValueTooLargeException } from './value-binding';

const PROPERTIES = [
  'type',
  'headers',
  'invocationId',
  'target',
  'arguments',
  'streamIds',
  'item',
  'result',
  'error',
  'allowReconnect',
  'sequenceId',
] as const;

type Property = (typeof PROPERTIES)[number];

/** In place of a value that is too large to be parsed. */
const TOO_LARGE = Symbol('too large');

const propertyNames = new NameTable<Property | undefined>(PROPERTIES.map((name) => [name, name]));
const propertyOf = (name: string): Property | undefined => PROPERTIES.find((property) => property === name);

/**
 * The properties of one message, read in one pass in whatever order they come. One object serves all messages; its
 * values are valid until the next `read`.
 */
export class JsonEnvelope {
  readonly scanner = new JsonScanner();
  readonly arguments: JsonArguments;
  type: number | undefined;
  headers: MessageHeaders | undefined;
  invocationId: string | undefined;
  target: string | undefined;
  hasArguments = false;
  streamIds: readonly string[] | undefined;
  readonly item = new JsonSpan();
  readonly result = new JsonSpan();
  error: string | undefined;
  allowReconnect: boolean | undefined;
  sequenceId: number | undefined;
  /** Headers or stream ids are too large to be parsed: what they belong to fails. */
  tooLarge: ValueTooLargeException | undefined;
  readonly #maximumParsedSize: number;
  /** How many bytes were parsed so far: many small properties are no cheaper than one that is large. */
  #parsedSize = 0;

  /** Greater values than this are not parsed. */
  constructor(maximumParsedSize: number) {
    this.#maximumParsedSize = maximumParsedSize;
    this.arguments = new JsonArguments(maximumParsedSize);
  }

  /** Reads the message in `bytes[start, end)`. @throws InvalidDataException when a property has the wrong type. */
  read(bytes: Buffer, start: number, end: number, binder: InvocationBinder): void {
    this.#clear();
    const { scanner } = this;
    scanner.reset(bytes, start, end);
    const first = scanner.peek();
    if (first !== SIGN.OpenObject) {
      throw new InvalidDataException(`Unexpected JSON Token Type '${tokenType(first)}'. Expected a JSON Object.`);
    }
    scanner.position++;
    if (scanner.peek() === SIGN.CloseObject) {
      scanner.position++;
      return;
    }
    do {
      if (scanner.peek() !== SIGN.Quote) throw malformed();
      const start = scanner.position;
      this.#countLong();
      const property = scanner.readName(propertyNames, propertyOf);
      scanner.expect(SIGN.Colon);
      const parsed = this.#readProperty(property, binder);
      if (parsed) this.#countParsed(scanner.position - start);
    } while (scanner.continues(SIGN.CloseObject));
  }

  /** Checks that only white space follows the message. @throws InvalidDataException */
  readEnd(position: number): void {
    this.scanner.position = position;
    if (this.scanner.peek() !== SIGN.End) throw malformed();
  }

  /**
   * Checks the values that a message of this type has no use for: they must be JSON all the same.
   * @throws InvalidDataException
   */
  checkUnused(): void {
    const { type, item, result } = this;
    const invokes = type === MESSAGE_TYPE.Invocation || type === MESSAGE_TYPE.StreamInvocation;
    if (this.hasArguments && !invokes) this.#checkArguments();
    if (item.present && type !== MESSAGE_TYPE.StreamItem) this.#checkSpan('item', item);
    if (result.present && type !== MESSAGE_TYPE.Completion) this.#checkSpan('result', result);
    if (this.tooLarge !== undefined && !invokes) throw this.tooLarge;
  }

  /** Checks a value that nobody has a use for, unless it is too large. @throws InvalidDataException */
  checkSpan(span: JsonSpan): void {
    if (!this.isTooLarge(span)) span.check(this.scanner);
  }

  /** Whether a value is too large to be parsed. */
  isTooLarge({ size }: JsonSpan): boolean {
    return size > this.#maximumParsedSize;
  }

  /** The error for a value that is. */
  tooLargeError(name: Property): ValueTooLargeException {
    return new ValueTooLargeException(`'${name}'`, this.#maximumParsedSize);
  }

  #checkArguments(): void {
    if (this.arguments.tooLarge) throw this.tooLargeError('arguments');
    this.arguments.check(this.scanner);
  }

  #checkSpan(name: 'item' | 'result', span: JsonSpan): void {
    if (this.isTooLarge(span)) throw this.tooLargeError(name);
    span.check(this.scanner);
  }

  /** Takes the value at the scanner's position; of two with one name the last counts, and the first must be JSON. */
  #locate(name: 'item' | 'result', span: JsonSpan): void {
    if (span.present) {
      this.#checkSpan(name, span);
      this.#countParsed(span.size);
    }
    span.locate(this.scanner);
  }

  #locateArguments(): void {
    const { scanner } = this;
    if (this.hasArguments) {
      const { position } = scanner;
      this.#checkArguments();
      this.#countParsed(this.arguments.size);
      scanner.position = position;
    }
    this.arguments.locate(scanner);
    this.hasArguments = true;
  }

  #clear(): void {
    this.type = this.headers = this.invocationId = this.target = this.streamIds = undefined;
    this.error = this.allowReconnect = this.sequenceId = this.tooLarge = undefined;
    this.#parsedSize = 0;
    this.hasArguments = this.item.present = this.result.present = false;
  }

  /** Refuses a long string at the scanner's position before it is read. */
  #countLong(): void {
    const long = this.scanner.longValue();
    if (long !== undefined) this.#countParsed(long.end - this.scanner.position);
  }

  #countParsed(size: number): void {
    this.#parsedSize += size;
    if (this.#parsedSize > this.#maximumParsedSize) {
      throw new ValueTooLargeException('what a message has besides its values', this.#maximumParsedSize);
    }
  }

  /** Returns whether the property was parsed, rather than left where it is. */
  #readProperty(property: Property | undefined, binder: InvocationBinder): boolean {
    switch (property) {
      case 'type':
        this.type = this.#readInteger('type', -0x80000000, 0x7fffffff);
        return true;
      case 'invocationId':
        this.invocationId = this.#readString('invocationId');
        return true;
      case 'target':
        this.target = this.#readTarget(binder);
        return true;
      case 'arguments':
        this.#require(SIGN.OpenArray, 'arguments', 'Array');
        this.#locateArguments();
        return false;
      case 'error':
        this.error = this.#readString('error');
        return true;
      case 'item':
        this.#locate('item', this.item);
        return false;
      case 'result':
        this.#locate('result', this.result);
        return false;
      case 'headers':
        this.headers = this.#readHeaders();
        return this.headers !== undefined;
      case 'streamIds':
        this.streamIds = this.#readStreamIds();
        return this.streamIds !== undefined;
      case 'allowReconnect':
        this.allowReconnect = this.#readBoolean('allowReconnect');
        return true;
      case 'sequenceId':
        this.sequenceId = this.#readInteger('sequenceId', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
        return true;
      case undefined:
        this.#readValue();
        return true;
    }
  }

  #readTarget(binder: InvocationBinder): string {
    const { scanner } = this;
    this.#require(SIGN.Quote, 'target', 'String');
    const start = scanner.position;
    scanner.skipValue();
    if (scanner.position - start > this.#maximumParsedSize) throw this.tooLargeError('target');
    const known = binder.findTarget(scanner.bytes, start + 1, scanner.position - 1);
    if (known !== undefined) return known;
    scanner.position = start;
    return scanner.readString();
  }

  #readString(name: Property): string {
    const { scanner } = this;
    this.#require(SIGN.Quote, name, 'String');
    const start = scanner.position;
    const long = scanner.longValue();
    if (long !== undefined && long.end - start > this.#maximumParsedSize) throw this.tooLargeError(name);
    const text = scanner.readString();
    if (scanner.position - start > this.#maximumParsedSize) throw this.tooLargeError(name);
    return text;
  }

  #readInteger(name: Property, least: number, greatest: number): number {
    const value = this.#readValue();
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > greatest) {
      throw new InvalidDataException(`Expected '${name}' to be of type Number.`);
    }
    return value;
  }

  #readBoolean(name: Property): boolean {
    const value = this.#readValue();
    if (typeof value !== 'boolean') throw new InvalidDataException(`Expected '${name}' to be of type Boolean.`);
    return value;
  }

  #readHeaders(): MessageHeaders | undefined {
    this.#require(SIGN.OpenObject, 'headers', 'Object');
    const value = this.#readValue();
    if (value === TOO_LARGE) {
      this.tooLarge = this.tooLargeError('headers');
      return undefined;
    }
    const headers = value as Readonly<Record<string, unknown>>;
    if (hasStringsOnly(headers)) return headers;
    const wrong = Object.keys(headers).find((name) => typeof headers[name] !== 'string');
    throw new InvalidDataException(`Expected header '${wrong ?? ''}' to be of type String.`);
  }

  #readStreamIds(): readonly string[] | undefined {
    this.#require(SIGN.OpenArray, 'streamIds', 'Array');
    const value = this.#readValue();
    if (value === TOO_LARGE) {
      this.tooLarge = this.tooLargeError('streamIds');
      return undefined;
    }
    const ids = value as readonly unknown[];
    if (ids.every((id) => typeof id === 'string')) return ids;
    throw new InvalidDataException("Expected 'streamIds' to be an Array of Strings.");
  }

  /** The value at the scanner's position, `TOO_LARGE` if it is too large to be parsed. */
  #readValue(): unknown {
    const { scanner } = this;
    const first = scanner.peek();
    const start = scanner.position;
    scanner.skipValue();
    const { bytes, position } = scanner;
    // The message type is a single digit.
    if (position === start + 1 && first >= 0x30 && first <= 0x39) return first - 0x30;
    if (scanner.skippedDepth + 1 > MAXIMUM_DEPTH) throw malformed();
    if (position - start > this.#maximumParsedSize) return TOO_LARGE;
    return parseJson(bytes, start, position);
  }

  #require(sign: number, name: Property, type: string): void {
    if (this.scanner.peek() !== sign) throw new InvalidDataException(`Expected '${name}' to be of type ${type}.`);
  }
}

function hasStringsOnly(record: Readonly<Record<string, unknown>>): record is MessageHeaders {
  return Object.values(record).every((value) => typeof value === 'string');
}

function tokenType(byte: number): string {
  switch (byte) {
    case SIGN.Quote:
      return 'String';
    case SIGN.OpenArray:
      return 'Array';
    case SIGN.End:
      return 'None';
    case 0x6e:
      return 'Null';
    case 0x74:
      return 'True';
    case 0x66:
      return 'False';
    default:
      if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return 'Number';
      throw malformed();
  }
}
