import type { Database, Statement } from 'better-sqlite3';
import { unpackPackages } from '../../samples/package-chunk';
import { renderPackage } from '../../samples/package-columns';
import type { PackagesPage } from '../channel/reader-messages';
import { packageTable } from '../file/package-table';
import { seriesOfPackages } from '../file/runs';

/** A page ends when its texts hold this many characters, however many packages were asked for. */
const PAGE_CHARACTERS = 1024 * 1024;

/** Which packages of a topic: those of one stream, or all, in a span of offsets. */
export interface PackageRange {
  readonly stream: number | undefined;
  /** Only offsets that are greater. */
  readonly after: number;
  /** Only offsets up to this one. */
  readonly until: number;
  readonly limit: number;
  /** Whether a stream is there: packages of those that were removed may still be. */
  readonly hasStream: (stream: number) => boolean;
}

interface PackageRow {
  readonly offset: number;
  readonly stream: number;
  readonly data: string | Buffer;
}

interface Package {
  readonly offset: number;
  readonly stream: number;
  readonly json: string;
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** The statements that read one topic's packages. */
export class PackageReads {
  readonly #next: Statement<[number], PackageRow>;
  readonly #before: Statement<[{ next: number }], PackageRow>;
  readonly #runFrom: Statement<[number, number], Run>;
  readonly #runBefore: Statement<[number, number], Run>;

  constructor(database: Database, topic: number) {
    const table = packageTable(topic);
    const columns = 'SELECT offset, stream, data FROM';
    this.#next = database.prepare(`${columns} ${table} WHERE offset > ? ORDER BY offset LIMIT 1`);
    this.#before = database.prepare(
      `SELECT * FROM (${columns} ${table} WHERE offset >= @next ORDER BY offset LIMIT 1) WHERE -stream BETWEEN 1 AND @next - 1
       UNION ALL SELECT * FROM (${columns} ${table} WHERE offset < @next ORDER BY offset DESC LIMIT 1) LIMIT 1`,
    );
    this.#runFrom = database.prepare(
      `SELECT first, last FROM runs WHERE series = ? AND first > ? ORDER BY first LIMIT 1`,
    );
    this.#runBefore = database.prepare(
      `SELECT first, last FROM runs WHERE series = ? AND first < ? ORDER BY first DESC LIMIT 1`,
    );
  }

  /** A page of packages in order of their offsets. */
  page(range: PackageRange): PackagesPage {
    return toPage(this.#forwards(range), range.limit, Math.max(range.after, range.until));
  }

  /** A page of packages, the last ones first. Where it ends is the offset that all further ones are less than. */
  pageBackwards(range: PackageRange): PackagesPage {
    return toPage(this.#backwards(range), range.limit, range.after + 1);
  }

  *#forwards({ stream, after, until, hasStream }: PackageRange): Iterable<Package> {
    for (let last = after; last < until;) {
      // Nothing between is of the stream.
      if (stream !== undefined) {
        const first = this.#firstOf(stream, last);
        if (first === undefined) return;
        last = first - 1;
      }
      const row = this.#next.get(last);
      if (row === undefined) return;
      for (const each of packagesOf(row, stream)) {
        if (each.offset > until) return;
        if (each.offset > last && hasStream(each.stream)) yield each;
      }
      last = row.offset;
    }
  }

  *#backwards({ stream, after, until, hasStream }: PackageRange): Iterable<Package> {
    for (let next = until + 1; next > after + 1;) {
      if (stream !== undefined) {
        const run = this.#runBefore.get(seriesOfPackages(stream), next);
        if (run === undefined) return;
        next = Math.min(next, run.last + 1);
      }
      const row = this.#before.get({ next });
      if (row === undefined) return;
      const packages = packagesOf(row, stream).filter(({ offset }) => offset < next);
      for (const each of packages.reverse()) {
        if (each.offset <= after) return;
        if (hasStream(each.stream)) yield each;
      }
      next = row.stream < 0 ? -row.stream : row.offset;
    }
  }

  /** An offset behind `after` before which there is no package of a stream; `undefined`: there is none at all. */
  #firstOf(stream: number, after: number): number | undefined {
    const series = seriesOfPackages(stream);
    const around = this.#runBefore.get(series, after + 2);
    if (around !== undefined && around.last > after) return Math.max(around.first, after + 1);
    return this.#runFrom.get(series, after + 1)?.first;
  }
}

/** The packages of a row, of one stream or of all. */
function packagesOf({ offset, stream, data }: PackageRow, wanted: number | undefined): Package[] {
  if (typeof data === 'string') {
    return wanted === undefined || stream === wanted ? [{ offset, stream, json: data }] : [];
  }
  return unpackPackages(data, (each) => wanted === undefined || each === wanted).map((each) => ({
    offset: each.offset,
    stream: each.stream,
    json: renderPackage(each.columns),
  }));
}

function toPage(packages: Iterable<Package>, limit: number, end: number): PackagesPage {
  const page: Omit<PackagesPage, 'after' | 'more'> = { offsets: [], streams: [], texts: [] };
  let characters = 0;
  let last = 0;
  for (const { offset, stream, json } of packages) {
    if (page.offsets.length === limit || characters > PAGE_CHARACTERS) return { ...page, after: last, more: true };
    last = offset;
    page.offsets.push(offset);
    page.streams.push(stream);
    page.texts.push(json);
    characters += json.length;
  }
  // Nothing was looked at behind the end, nor, backwards, in front of it.
  return { ...page, after: end, more: false };
}
