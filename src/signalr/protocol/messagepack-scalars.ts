import { inInt64, isDecimalText } from './number-texts';
import { type MessagePackReader, TOKEN } from './messagepack-reader';
import { isTimestamp, readTimestamp } from './messagepack-timestamp';
import { checkedText, malformedMessagePack } from './messagepack-value';
import { misfit } from './value-binding';
import { type PlainKind, plainKind, takesNull, type ValueKind } from './value-kinds';

/**
 * The value at the reader's position, bound to a kind that takes neither arrays nor maps: those are rejected without
 * being read.
 * @throws InvalidDataException when it is malformed, or not of that kind.
 */
export function readScalar(kind: ValueKind, reader: MessagePackReader): unknown {
  const token = reader.next();
  if (token === TOKEN.Broken) throw malformedMessagePack();
  if (token === TOKEN.Nil && takesNull(kind)) return null;
  const value = valueOf(plainKind(kind), token, reader);
  if (value === undefined) throw misfit();
  return value;
}

/** The value of a token, `undefined` when it is not of this kind. */
function valueOf(kind: PlainKind, token: TOKEN, reader: MessagePackReader): unknown {
  switch (kind) {
    case 'string':
      return token === TOKEN.String ? checkedText(reader) : undefined;
    case 'boolean':
      return token === TOKEN.Boolean ? reader.boolean : undefined;
    case 'bytes':
      // Its own memory: what was received is much more than this.
      return token === TOKEN.Binary ? new Uint8Array(reader.contents()) : undefined;
    case 'date':
      return token === TOKEN.Extension && isTimestamp(reader) ? readTimestamp(reader) : undefined;
    case 'decimal':
      return decimalOf(token, reader);
    case 'number':
    case 'double':
    case 'integer':
    case 'int32':
    case 'int64':
      return numberOf(kind, token, reader);
    case 'json':
    case 'rawJson':
      return undefined;
  }
}

function numberOf(
  kind: 'number' | 'double' | 'integer' | 'int32' | 'int64',
  token: TOKEN,
  reader: MessagePackReader,
): number | bigint | undefined {
  const { integer } = reader;
  switch (kind) {
    case 'number':
    case 'double':
      if (token === TOKEN.Integer) return integer;
      if (token === TOKEN.Float) return reader.float;
      return token === TOKEN.Long && kind === 'double' ? Number(reader.long()) : undefined;
    case 'integer':
      return token === TOKEN.Integer ? integer : undefined;
    case 'int32':
      return token === TOKEN.Integer && (integer | 0) === integer ? integer : undefined;
    case 'int64':
      if (token === TOKEN.Integer) return BigInt(integer);
      return token === TOKEN.Long ? inInt64(reader.long()) : undefined;
  }
}

/** .NET writes a decimal as a string; other clients may write a number. */
function decimalOf(token: TOKEN, reader: MessagePackReader): string | undefined {
  if (token === TOKEN.Integer) return String(reader.integer);
  if (token === TOKEN.Long) return String(reader.long());
  if (token !== TOKEN.Float && token !== TOKEN.String) return undefined;
  const text = token === TOKEN.String ? checkedText(reader) : String(reader.float);
  return isDecimalText(text) ? text : undefined;
}
