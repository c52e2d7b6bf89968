import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { LARGEST_INTEGER, readIntegers, writeIntegers } from './integer-column';

const NEAR = 1;
const FAR = 0;
const REACH = BigInt(LARGEST_INTEGER);

/** Writes integers of 64 bits: short where they lie near each other. Their count is not written. */
export function writeInt64s(writer: ByteWriter, values: BigInt64Array): void {
  const base = values.length > 0 ? values[0]! : 0n;
  const distances = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const distance = values[i]! - base;
    if (distance <= -REACH || distance >= REACH) {
      writeFar(writer, values);
      return;
    }
    distances[i] = Number(distance);
  }
  writer.byte(NEAR);
  writer.int64(base);
  writeIntegers(writer, distances);
}

/** Reads so many integers. */
export function readInt64s(reader: ByteReader, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  if (reader.byte() === FAR) {
    for (let i = 0; i < count; i++) values[i] = reader.int64();
    return values;
  }
  const base = reader.int64();
  const distances = readIntegers(reader, count);
  for (let i = 0; i < count; i++) values[i] = base + BigInt(distances[i]!);
  return values;
}

function writeFar(writer: ByteWriter, values: BigInt64Array): void {
  writer.byte(FAR);
  for (const value of values) writer.int64(value);
}
