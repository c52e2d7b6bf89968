import { VALUE_KINDS, type ColumnKind, type SampleColumn } from '../contract/parameter-store';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { readInt64s, writeInt64s } from './int64-column';
import { readIntegers, writeIntegers } from './integer-column';
import { readNumbers, writeNumbers } from './number-column';
import type { PackageColumns } from './package-columns';
import { readTexts, writeTexts } from './text-column';

/** A package where it lies in its topic. */
export interface PlacedPackage {
  readonly offset: number;
  /** Number of its stream. */
  readonly stream: number;
  readonly columns: PackageColumns;
}

const TAGS = 'tags';
const COLUMN_KINDS = [...VALUE_KINDS, TAGS] as const;

/** Which columns some packages have, in their order. */
interface Shape {
  readonly stream: number;
  readonly hasEpoch: boolean;
  readonly ids: Readonly<Record<ColumnKind, readonly string[]>>;
}

/** Packs packages, those of one stream with the same columns together. */
export function packPackages(packages: readonly PlacedPackage[]): Buffer {
  const groups = new Map<string, { readonly shape: Shape; readonly packages: PlacedPackage[] }>();
  for (const each of packages) {
    const shape = shapeOf(each);
    const key = JSON.stringify(shape);
    const group = groups.get(key) ?? { shape, packages: [] };
    groups.set(key, group);
    group.packages.push(each);
  }
  const writer = new ByteWriter();
  for (const { shape, packages: alike } of groups.values()) writeGroup(writer, shape, alike);
  return writer.done();
}

/** The packages that were packed, in order of their offsets; those of some streams only, if `wants` is given. */
export function unpackPackages(packed: Buffer, wants: (stream: number) => boolean = () => true): PlacedPackage[] {
  const reader = new ByteReader(packed);
  const found: PlacedPackage[] = [];
  while (!reader.isAtEnd) {
    const group = new ByteReader(reader.bytes());
    const shape = readShape(group);
    if (wants(shape.stream)) found.push(...readGroup(group, shape));
  }
  return found.sort((a, b) => a.offset - b.offset);
}

function shapeOf({ stream, columns: { epoch, values, tags } }: PlacedPackage): Shape {
  const { numeric, string, binary } = values;
  const ids = { numeric: idsOf(numeric), string: idsOf(string), binary: idsOf(binary), tags: idsOf(tags) };
  return { stream, hasEpoch: epoch !== undefined, ids };
}

function idsOf(columns: ReadonlyMap<string, SampleColumn>): string[] {
  return [...columns.keys()];
}

function writeGroup(writer: ByteWriter, shape: Shape, packages: readonly PlacedPackage[]): void {
  const group = new ByteWriter();
  group.natural(shape.stream);
  group.byte(Number(shape.hasEpoch));
  for (const kind of COLUMN_KINDS) {
    group.natural(shape.ids[kind].length);
    writeTexts(group, shape.ids[kind]);
  }
  group.natural(packages.length);
  const column = (of: (each: PlacedPackage) => number): number[] => packages.map(of);
  writeIntegers(
    group,
    column(({ offset }) => offset),
  );
  writeIntegers(
    group,
    column(({ columns }) => columns.timestamps.length),
  );
  if (shape.hasEpoch)
    writeInt64s(
      group,
      BigInt64Array.from(packages, ({ columns }) => columns.epoch ?? 0n),
    );
  writeInt64s(group, BigInt64Array.from(packages.flatMap(({ columns }) => [...columns.timestamps])));
  for (const kind of COLUMN_KINDS) {
    for (const id of shape.ids[kind]) {
      writeColumn(
        group,
        kind,
        packages.flatMap(({ columns }) => columnsOf(columns, kind).get(id)!),
      );
    }
  }
  writer.bytes(group.done());
}

function columnsOf({ values, tags }: PackageColumns, kind: ColumnKind): ReadonlyMap<string, SampleColumn> {
  return kind === TAGS ? tags : values[kind];
}

function readShape(reader: ByteReader): Shape {
  const stream = reader.natural();
  const hasEpoch = reader.byte() === 1;
  const [numeric, string, binary, tags] = COLUMN_KINDS.map(() => readTexts(reader, reader.natural()));
  return { stream, hasEpoch, ids: { numeric: numeric!, string: string!, binary: binary!, tags: tags! } };
}

function readGroup(reader: ByteReader, { stream, hasEpoch, ids }: Shape): PlacedPackage[] {
  const count = reader.natural();
  const offsets = readIntegers(reader, count);
  const lengths = readIntegers(reader, count);
  const epochs = hasEpoch ? readInt64s(reader, count) : undefined;
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const timestamps = readInt64s(reader, total);
  const columns = COLUMN_KINDS.map((kind) => ids[kind].map((id) => [id, readColumn(reader, kind, total)] as const));
  let end = 0;
  return Array.from(offsets, (offset, index) => {
    const start = end;
    end += lengths[index]!;
    const cut = (kind: number): Map<string, SampleColumn> =>
      new Map(columns[kind]!.map(([id, column]) => [id, column.slice(start, end)]));
    const values = { numeric: cut(0), string: cut(1), binary: cut(2) };
    return {
      ...{ offset, stream },
      columns: { epoch: epochs?.[index], timestamps: timestamps.slice(start, end), values, tags: cut(3) },
    };
  });
}

/** Writes which values there are, and those. */
function writeColumn(writer: ByteWriter, kind: ColumnKind, column: SampleColumn): void {
  const values = column.filter((value) => value !== null);
  writer.natural(values.length);
  if (values.length < column.length) {
    writeIntegers(
      writer,
      column.map((value) => Number(value !== null)),
    );
  }
  if (kind === 'numeric') writeNumbers(writer, values);
  else writeTexts(writer, values);
}

function readColumn(reader: ByteReader, kind: ColumnKind, length: number): (string | null)[] {
  const count = reader.natural();
  const present = count < length ? readIntegers(reader, length) : undefined;
  const read = kind === 'numeric' ? readNumbers(reader, count).text : undefined;
  const texts = read === undefined ? readTexts(reader, count) : [];
  let next = 0;
  return Array.from({ length }, (_, index) => {
    if (present?.[index] === 0) return null;
    const at = next++;
    return read === undefined ? texts[at]! : read(at);
  });
}
