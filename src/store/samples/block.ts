import type { ValueKind } from '../contract/parameter-store';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { OWN_MEMORY, type ColumnMemory } from './column-space';
import { LARGEST_INTEGER, readIntegers, writeIntegers } from './integer-column';
import { readNumbers, writeNumbers } from './number-column';
import type { SampleList } from './sample-list';
import { RunningSummary, type SummedSamples } from './running-summary';
import { summarise, writeSummary, type SampleOrigins, type Samples, type Summary } from './summary';
import { readTexts, writeTexts } from './text-column';

/** A block holds so many samples at the most, and about so many characters of texts. */
export const BLOCK_SAMPLES = 4096;
const BLOCK_CHARACTERS = 512 * 1024;

/** Samples that are packed, summed up and read together, and about how many characters of their texts. */
const ZONE_SAMPLES = 256;
const ZONE_CHARACTERS = 32 * 1024;

/** Samples of one series of one kind, packed. */
export interface Block {
  /** Nanoseconds since the Unix epoch. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  /** Of the last package that a sample of it came with. */
  readonly lastOffset: number;
  readonly count: number;
  readonly summary: Buffer;
  readonly zones: Buffer;
  readonly data: Buffer;
}

/** Some samples of a block that follow each other in time. */
export class Zone implements SummedSamples {
  readonly base: bigint;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
  /** Where it begins in the data of the block, and how long it is there, bytes. */
  readonly start: number;
  readonly length: number;
  readonly #leastOffset: number;
  readonly #bytes: Buffer;
  /** Where its summary begins. */
  readonly #at: number;

  /** Reads how it is summed up, from where `reader` stands in `bytes`. */
  constructor(
    [start, length]: readonly [number, number],
    reader: ByteReader,
    { bytes, base, leastOffset }: ZonesPlace,
  ) {
    this.base = base;
    this.start = start;
    this.length = length;
    this.#leastOffset = leastOffset;
    this.#bytes = bytes;
    this.firstAt = reader.natural();
    this.lastAt = reader.natural();
    this.#at = reader.position;
    this.count = reader.natural();
  }

  /** Nanoseconds since the Unix epoch. */
  get first(): bigint {
    return this.base + BigInt(this.firstAt);
  }

  get last(): bigint {
    return this.base + BigInt(this.lastAt);
  }

  addTo(sums: RunningSummary): void {
    sums.addWritten(new ByteReader(this.#bytes, this.#at), this.base, this.#leastOffset);
  }
}

/** The zones of a block, which have its first time and its least offset in common. */
interface ZonesPlace {
  readonly bytes: Buffer;
  readonly base: bigint;
  readonly leastOffset: number;
}

/** Samples of a zone, with their tags. */
export interface ZoneSamples extends Samples {
  /** JSON text of the tags of each; '' for none. */
  readonly tags: readonly string[];
}

/** Packs samples, which are in order of time, into as many blocks as they take. */
export function makeBlocks(kind: ValueKind, samples: SampleList): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < samples.length;) {
    const end = endOfBlock(samples, start);
    blocks.push(makeBlock(kind, samples, start, end));
    start = end;
  }
  return blocks;
}

/** Reads some of the data of a block: so many bytes from an offset on. */
export type ReadData = (start: number, length: number) => Buffer;

/** Reads a block zone by zone. */
export class BlockReader {
  readonly zones: readonly Zone[];
  readonly #tags: readonly string[];
  readonly #leastOffset: number;
  readonly #kind: ValueKind;
  readonly #base: bigint;
  readonly #data: Buffer | ReadData;

  /** `data`: all of it, or what reads some of it when samples of a zone are read. */
  constructor(
    kind: ValueKind,
    { minTimestamp, zones, data }: Pick<Block, 'minTimestamp' | 'zones'> & { readonly data: Buffer | ReadData },
  ) {
    this.#kind = kind;
    this.#base = minTimestamp;
    this.#data = data;
    const reader = new ByteReader(zones);
    this.#leastOffset = reader.natural();
    this.#tags = readTexts(reader, reader.natural());
    const found: Zone[] = [];
    const place = { bytes: zones, base: this.#base, leastOffset: this.#leastOffset };
    for (let start = 0; !reader.isAtEnd;) {
      const length = reader.natural();
      const end = reader.natural() + reader.position;
      found.push(new Zone([start, length], reader, place));
      reader.skip(end - reader.position);
      start += length;
    }
    this.zones = found;
  }

  /** The samples of a zone; in memory of their own, unless they are wanted elsewhere. */
  samples({ count, start, length }: Zone, memory: ColumnMemory = OWN_MEMORY): ZoneSamples {
    const data = this.#data;
    const reader = typeof data === 'function' ? new ByteReader(data(start, length)) : new ByteReader(data, start);
    const at = readIntegers(reader, count, memory);
    const numbers = this.#kind === 'numeric' ? readNumbers(reader, count, memory) : undefined;
    const texts = numbers === undefined ? readTexts(reader, count) : [];
    const rest = new LazyColumns(reader, { count, leastOffset: this.#leastOffset, tags: this.#tags });
    return {
      base: this.#base,
      at,
      values: numbers?.values,
      isExact: numbers?.isExact ?? false,
      text: numbers?.text ?? ((index) => texts[index]!),
      origins: rest,
      get tags() {
        return rest.tags;
      },
    };
  }
}

/** Where the samples of a zone came from, and with which tags. */
interface OriginColumns extends SampleOrigins {
  readonly tags: readonly string[];
}

/** What of a zone is read only when it is needed. */
class LazyColumns implements OriginColumns {
  #columns: OriginColumns | undefined;
  readonly #reader: ByteReader;
  readonly #block: { readonly count: number; readonly leastOffset: number; readonly tags: readonly string[] };

  constructor(
    reader: ByteReader,
    block: { readonly count: number; readonly leastOffset: number; readonly tags: readonly string[] },
  ) {
    this.#reader = reader;
    this.#block = block;
  }

  get offsets(): ArrayLike<number> {
    return this.#all.offsets;
  }

  get indexes(): ArrayLike<number> {
    return this.#all.indexes;
  }

  get tags(): readonly string[] {
    return this.#all.tags;
  }

  get #all(): OriginColumns {
    this.#columns ??= this.#read();
    return this.#columns;
  }

  #read(): OriginColumns {
    const { count, leastOffset, tags } = this.#block;
    const offsets = readIntegers(this.#reader, count);
    const indexes = readIntegers(this.#reader, count);
    for (let i = 0; i < count; i++) {
      offsets[i]! += leastOffset;
      indexes[i]! += nextIndex(offsets, indexes, i);
    }
    return { offsets, indexes, tags: Array.from(readIntegers(this.#reader, count), (tag) => tags[tag]!) };
  }
}

/** The index of a sample that came behind the one before it in the same package, or first in another one. */
function nextIndex(offsets: ArrayLike<number>, indexes: ArrayLike<number>, i: number): number {
  return i > 0 && offsets[i] === offsets[i - 1] ? indexes[i - 1]! + 1 : 0;
}

/** As many as a block takes, whose times lie so near each other that their distances are exact in doubles. */
function endOfBlock({ timestamps, values, length }: SampleList, start: number): number {
  const last = timestamps[start]! + BigInt(LARGEST_INTEGER);
  let end = start;
  let characters = 0;
  while (end < length && end - start < BLOCK_SAMPLES && characters < BLOCK_CHARACTERS && timestamps[end]! < last) {
    characters += values[end]!.length;
    end += 1;
  }
  return end;
}

function makeBlock(kind: ValueKind, samples: SampleList, start: number, end: number): Block {
  const minTimestamp = samples.timestamps[start]!;
  const offsets = samples.offsets.slice(start, end);
  const [leastOffset, lastOffset] = [
    offsets.reduce((a, b) => Math.min(a, b)),
    offsets.reduce((a, b) => Math.max(a, b)),
  ];
  const tags = [...new Set(samples.tags.slice(start, end))];
  const [zones, data, summary] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
  zones.natural(leastOffset);
  zones.natural(tags.length);
  writeTexts(zones, tags);
  const whole = new RunningSummary();
  for (let from = start; from < end;) {
    const to = endOfZone(samples, from, end);
    const zone = samplesOf(kind, samples, { base: minTimestamp, start: from, end: to });
    const before = data.length;
    writeZone(data, zone, { leastOffset, tags: samples.tags.slice(from, to).map((text) => tags.indexOf(text)) });
    const part = summarise(zone, 0, to - from);
    zones.natural(data.length - before);
    zones.bytes(zoneBytes(part, leastOffset));
    whole.add(part);
    from = to;
  }
  summary.natural(leastOffset);
  writeSummary(summary, whole.summary, leastOffset);
  const maxTimestamp = samples.timestamps[end - 1]!;
  const buffers = { summary: summary.done(), zones: zones.done(), data: data.done() };
  return { minTimestamp, maxTimestamp, lastOffset, count: end - start, ...buffers };
}

/** When the first and the last sample of a zone are, and its summary. */
function zoneBytes(sum: Summary, leastOffset: number): Buffer {
  const writer = new ByteWriter();
  writer.natural(sum.first.at);
  writer.natural(sum.last.at);
  writeSummary(writer, sum, leastOffset);
  return writer.done();
}

function endOfZone({ values }: SampleList, start: number, last: number): number {
  let end = start;
  let characters = 0;
  while (end < last && end - start < ZONE_SAMPLES && characters < ZONE_CHARACTERS) {
    characters += values[end]!.length;
    end += 1;
  }
  return end;
}

/** Divides samples, which are in order of time, into parts whose times lie so near that their distances are exact. */
export function* nearParts({ timestamps, length }: SampleList): Iterable<ListPart> {
  for (let start = 0; start < length;) {
    const base = timestamps[start]!;
    let end = start + 1;
    while (end < length && timestamps[end]! - base < LARGEST_INTEGER) end += 1;
    yield { base, start, end };
    start = end;
  }
}

/** Some of the samples of a list: from an index to another, and the time their distances are taken from. */
export interface ListPart {
  readonly base: bigint;
  readonly start: number;
  readonly end: number;
}

/** Some of the samples of a list, which follow each other in time. */
export function samplesOf(
  kind: ValueKind,
  { timestamps, offsets, indexes, values }: SampleList,
  { base, start, end }: ListPart,
): Samples & { readonly texts: readonly string[] } {
  const at = new Float64Array(end - start);
  for (let i = start; i < end; i++) at[i - start] = Number(timestamps[i]! - base);
  const texts = values.slice(start, end);
  return {
    base,
    at,
    origins: { offsets: offsets.slice(start, end), indexes: indexes.slice(start, end) },
    values: kind === 'numeric' ? Float64Array.from(texts, Number) : undefined,
    isExact: false,
    texts,
    text: (index) => texts[index]!,
  };
}

function writeZone(
  writer: ByteWriter,
  { at, origins: { offsets, indexes }, values, texts }: ReturnType<typeof samplesOf>,
  { leastOffset, tags }: { readonly leastOffset: number; readonly tags: readonly number[] },
): void {
  writeIntegers(writer, at);
  if (values === undefined) writeTexts(writer, texts);
  else writeNumbers(writer, texts);
  writeIntegers(
    writer,
    Array.from(offsets, (offset) => offset - leastOffset),
  );
  writeIntegers(
    writer,
    Array.from(indexes, (index, i) => index - nextIndex(offsets, indexes, i)),
  );
  writeIntegers(writer, tags);
}
