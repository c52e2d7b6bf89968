import { InvalidDataException } from '../exceptions';
import { JsonArguments } from './json-arguments';
import { JsonSpan } from './json-span';
import { JsonScanner, malformed, MAXIMUM_DEPTH, parseJson, SIGN } from './json-scanner';
import type { InvocationBinder } from './hub-protocol';
import type { MessageHeaders } from './hub-messages';
import { NameTable } from './name-table';

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

const propertyNames = new NameTable<Property | undefined>(PROPERTIES.map((name) => [name, name]));
const propertyOf = (name: string): Property | undefined => PROPERTIES.find((property) => property === name);

/**
 * The properties of one message, read in one pass in whatever order they come. One object serves all messages; its
 * values are valid until the next `read`.
 */
export class JsonEnvelope {
  readonly scanner = new JsonScanner();
  readonly arguments = new JsonArguments();
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
      const property = scanner.readName(propertyNames, propertyOf);
      scanner.expect(SIGN.Colon);
      this.#readProperty(property, binder);
    } while (scanner.continues(SIGN.CloseObject));
  }

  /** Checks that only white space follows the message. @throws InvalidDataException */
  readEnd(position: number): void {
    this.scanner.position = position;
    if (this.scanner.peek() !== SIGN.End) throw malformed();
  }

  #clear(): void {
    this.type = this.headers = this.invocationId = this.target = this.streamIds = undefined;
    this.error = this.allowReconnect = this.sequenceId = undefined;
    this.hasArguments = this.item.present = this.result.present = false;
  }

  #readProperty(property: Property | undefined, binder: InvocationBinder): void {
    switch (property) {
      case 'type':
        this.type = this.#readInteger('type', -0x80000000, 0x7fffffff);
        return;
      case 'invocationId':
        this.invocationId = this.#readString('invocationId');
        return;
      case 'target':
        this.target = this.#readTarget(binder);
        return;
      case 'arguments':
        this.#require(SIGN.OpenArray, 'arguments', 'Array');
        this.arguments.locate(this.scanner);
        this.hasArguments = true;
        return;
      case 'error':
        this.error = this.#readString('error');
        return;
      case 'item':
        this.item.locate(this.scanner);
        return;
      case 'result':
        this.result.locate(this.scanner);
        return;
      case 'headers':
        this.headers = this.#readHeaders();
        return;
      case 'streamIds':
        this.streamIds = this.#readStreamIds();
        return;
      case 'allowReconnect':
        this.allowReconnect = this.#readBoolean('allowReconnect');
        return;
      case 'sequenceId':
        this.sequenceId = this.#readInteger('sequenceId', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
        return;
      case undefined:
        this.#readValue();
    }
  }

  #readTarget(binder: InvocationBinder): string {
    const { scanner } = this;
    this.#require(SIGN.Quote, 'target', 'String');
    const start = scanner.position;
    scanner.skipValue();
    const known = binder.findTarget(scanner.bytes, start + 1, scanner.position - 1);
    if (known !== undefined) return known;
    scanner.position = start;
    return scanner.readString();
  }

  #readString(name: Property): string {
    this.#require(SIGN.Quote, name, 'String');
    return this.scanner.readString();
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

  #readHeaders(): MessageHeaders {
    this.#require(SIGN.OpenObject, 'headers', 'Object');
    const headers = this.#readValue() as Readonly<Record<string, unknown>>;
    if (hasStringsOnly(headers)) return headers;
    const wrong = Object.keys(headers).find((name) => typeof headers[name] !== 'string');
    throw new InvalidDataException(`Expected header '${wrong ?? ''}' to be of type String.`);
  }

  #readStreamIds(): readonly string[] {
    this.#require(SIGN.OpenArray, 'streamIds', 'Array');
    const ids = this.#readValue() as readonly unknown[];
    if (ids.every((id) => typeof id === 'string')) return ids;
    throw new InvalidDataException("Expected 'streamIds' to be an Array of Strings.");
  }

  #readValue(): unknown {
    const { scanner } = this;
    const first = scanner.peek();
    const start = scanner.position;
    scanner.skipValue();
    const { bytes, position } = scanner;
    // The message type is a single digit.
    if (position === start + 1 && first >= 0x30 && first <= 0x39) return first - 0x30;
    if (scanner.skippedDepth + 1 > MAXIMUM_DEPTH) throw malformed();
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
