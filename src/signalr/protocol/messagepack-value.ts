import { ExtData } from '@msgpack/msgpack';
import { InvalidDataException } from '../exceptions';
import { MAXIMUM_DEPTH } from './json-signs';
import { type MessagePackReader, TOKEN } from './messagepack-reader';
import { isTimestamp, readTimestamp } from './messagepack-timestamp';

/** The bytes are not MessagePack, or not accepted; the peer is told the reason if there is one. */
export function malformedMessagePack(why = ''): InvalidDataException {
  return new InvalidDataException(`error reading MessagePack${why}`, why !== '');
}

/**
 * Reads a value. Integers that a number does not hold exactly become bigints, timestamps dates (`ExactDate` if they
 * have more than milliseconds), other extensions an `ExtData`, and integer keys strings. `depth` is the number of
 * arrays and maps around it.
 * @throws InvalidDataException when it is malformed or not accepted.
 */
export function readValue(reader: MessagePackReader, depth: number): unknown {
  const token = reader.next();
  switch (token) {
    case TOKEN.Nil:
      return null;
    case TOKEN.Boolean:
      return reader.boolean;
    case TOKEN.Integer:
      return reader.integer;
    case TOKEN.Long:
      return reader.long();
    case TOKEN.Float:
      return reader.float;
    case TOKEN.String:
      return checkedText(reader);
    case TOKEN.Binary:
      return new Uint8Array(reader.contents());
    case TOKEN.Array:
      return readArray(reader, reader.length, enter(depth));
    case TOKEN.Map:
      return readMap(reader, reader.length, enter(depth));
    case TOKEN.Extension:
      return readExtension(reader);
    case TOKEN.Broken:
      throw malformedMessagePack();
  }
}

/** The string that was read last. @throws InvalidDataException when it is not UTF-8. */
export function checkedText(reader: MessagePackReader): string {
  const text = reader.text();
  if (text === undefined) throw malformedMessagePack(': a string is not valid UTF-8');
  return text;
}

/** The depth within an array or map at this depth. @throws InvalidDataException when that is too deep. */
export function enter(depth: number): number {
  if (depth >= MAXIMUM_DEPTH) throw malformedMessagePack(`: values are nested deeper than ${MAXIMUM_DEPTH}`);
  return depth + 1;
}

function readArray(reader: MessagePackReader, count: number, depth: number): unknown[] {
  const items: unknown[] = [];
  for (let i = 0; i < count; i++) items.push(readValue(reader, depth));
  return items;
}

function readMap(reader: MessagePackReader, count: number, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (let i = 0; i < count; i++) {
    const key = readKey(reader);
    const value = readValue(reader, depth);
    // An assignment would set the prototype; `JSON.parse` makes it a property as well.
    if (key === '__proto__') {
      Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
    } else {
      map[key] = value;
    }
  }
  return map;
}

function readKey(reader: MessagePackReader): string {
  const token = reader.next();
  if (token === TOKEN.String) return checkedText(reader);
  if (token === TOKEN.Integer) return String(reader.integer);
  if (token === TOKEN.Long) return String(reader.long());
  throw malformedMessagePack(token === TOKEN.Broken ? '' : ': a key is neither a string nor an integer');
}

function readExtension(reader: MessagePackReader): unknown {
  if (!isTimestamp(reader)) return new ExtData(reader.extensionType, new Uint8Array(reader.contents()));
  const timestamp = readTimestamp(reader);
  if (timestamp === undefined) throw malformedMessagePack(': a timestamp is out of range');
  return timestamp;
}
