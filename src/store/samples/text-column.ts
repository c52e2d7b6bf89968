import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { ByteReader as Reader } from './byte-reader';
import { readIntegers, writeIntegers } from './integer-column';

const PLAIN = 0;
const DEFLATED = 1;

/** Shorter texts are not deflated. */
const LEAST_DEFLATED = 128;

/** Writes texts: each different one once, and which of them comes where. Their count is not written. */
export function writeTexts(writer: ByteWriter, values: readonly string[]): void {
  const numbers = new Map<string, number>();
  const indexes = values.map((value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  });
  const content = new ByteWriter();
  content.natural(numbers.size);
  for (const text of numbers.keys()) content.text(text);
  const plain = content.done();
  const deflated = plain.length < LEAST_DEFLATED ? plain : deflateRawSync(plain);
  writer.byte(deflated.length < plain.length ? DEFLATED : PLAIN);
  writer.bytes(deflated.length < plain.length ? deflated : plain);
  writeIntegers(writer, indexes);
}

/** Reads so many texts. */
export function readTexts(reader: ByteReader, count: number): string[] {
  const form = reader.byte();
  const bytes = reader.bytes();
  const content = new Reader(form === DEFLATED ? inflateRawSync(bytes) : bytes);
  const texts = Array.from({ length: content.natural() }, () => content.text());
  return Array.from(readIntegers(reader, count), (index) => texts[index]!);
}
