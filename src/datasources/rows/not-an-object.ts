import { JSON_BYTES } from '../../json/json-bytes';
import { kindOf } from '../../json/json-kind';
import { remedyForString } from '../../json/json-remedy';
import type { RowFormat } from './row-cursor';

/** What is wrong with a row that begins at an offset and is no object, and what to do about it. */
export function notAnObject(text: Buffer, at: number, format: RowFormat): string {
  const byte = text[at]!;
  const isList = byte === JSON_BYTES.OPEN_ARRAY && format === 'ndjson';
  const remedy = isList ? '; with format=json the elements of an array are rows' : remedyForString(text, at);
  return `the row is ${kindOf(byte)}, not an object${remedy}`;
}
