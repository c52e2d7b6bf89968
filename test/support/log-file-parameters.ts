import { WriterHubError } from '../../src/errors';
import {
  VALUE_KINDS,
  type AggregateQuery,
  type PackageBatch,
  type SampleBuckets,
  type SampleCursor,
  type SamplePage,
  type SampleQuery,
  type SeenParameter,
  type StoredPackage,
} from '../../src/store/contract/parameter-store';
import { bucketsOf, checkBuckets, type Sample } from './naive-aggregates';
import { columnsOf, type SampleRow } from './sample-rows';
import { readPackage, samplesOf, type SentPackage } from './sent-package';

/** A package, and the number in its position. */
interface NumberedPackage extends StoredPackage {
  readonly number: number;
}

interface ReadablePackage extends NumberedPackage {
  readonly sent: SentPackage;
}

interface PlacedRow extends SampleRow {
  readonly place: Place;
}

/** Where a row stands among others: by time, then by package, then by its place in that. */
type Place = readonly [timestamp: bigint, number: number, index: number];

/** The packages of a topic in memory; every question goes through all of them. */
export class LogFileParameters {
  #packages: ReadablePackage[] = [];
  readonly #ids = new Set<string>();
  readonly #seen = new Map<string, SeenParameter[]>();

  get packages(): readonly NumberedPackage[] {
    return this.#packages;
  }

  get count(): number {
    return this.#packages.length;
  }

  /** Throws `invalid_parameters` when there would be more ids with a package. */
  checkLimit({ json }: PackageBatch, maxParameters: number): void {
    const ids = idsOf(readPackage(Buffer.from(json).toString())).map(({ id }) => id);
    const added = new Set(ids.filter((id) => !this.#ids.has(id))).size;
    if (added === 0 || this.#ids.size + added <= maxParameters) return;
    throw new WriterHubError('invalid_parameters', `a topic may have ${maxParameters} parameters`);
  }

  add(added: NumberedPackage): void {
    const sent = readPackage(added.json);
    this.#packages.push({ ...added, sent });
    const seen = this.#seen.get(added.streamId) ?? [];
    for (const { id, kind } of idsOf(sent)) {
      this.#ids.add(id);
      if (!seen.some((known) => known.id === id && known.kind === kind)) seen.push({ id, kind });
    }
    if (seen.length > 0) this.#seen.set(added.streamId, seen);
  }

  /** Removes the packages with numbers up to the given one. */
  dropFirst(gone: number): void {
    this.#packages = this.#packages.filter(({ number }) => number > gone);
  }

  removeStream(streamId: string): void {
    this.#packages = this.#packages.filter((each) => each.streamId !== streamId);
    this.#seen.delete(streamId);
  }

  seen(streamIds: readonly string[]): Map<string, readonly SeenParameter[]> {
    return new Map([...this.#seen].filter(([streamId]) => streamIds.includes(streamId)));
  }

  readSamples({ after, limit, ...query }: SampleQuery): SamplePage {
    const start = after === undefined ? undefined : toPlace(after);
    const rows = this.#rows(query).filter(({ place }) => start === undefined || comparePlaces(place, start) > 0);
    const page = rows.slice(0, limit);
    const last = page.at(-1)?.place;
    return { ...columnsOf(page), after: last === undefined ? after : toCursor(last), more: rows.length > limit };
  }

  aggregateSamples(query: AggregateQuery): SampleBuckets {
    const rows = this.#rows(query);
    const timestamps = rows.map(({ timestamp }) => timestamp);
    if (rows.length > 0) checkBuckets({ least: timestamps[0]!, greatest: timestamps.at(-1)! }, query);
    const samples: Sample[] = rows.flatMap(({ timestamp, values }) => values.map((value) => ({ ...value, timestamp })));
    return bucketsOf(samples, query);
  }

  /** The rows of a stream that have values of some parameters, in order. */
  #rows({ streamId, parameters, from, to }: Omit<SampleQuery, 'limit'>): PlacedRow[] {
    const rows: PlacedRow[] = [];
    for (const { number, sent } of this.#packages.filter((each) => each.streamId === streamId)) {
      const samples = [...samplesOf(sent)].filter(({ id }) => parameters === undefined || parameters.includes(id));
      for (const [index, timestamp] of sent.timestamps.entries()) {
        const values = samples.filter((sample) => sample.index === index);
        const isIn = (from === undefined || timestamp >= from) && (to === undefined || timestamp < to);
        if (!isIn || values.length === 0) continue;
        const tags = [...sent.tags].flatMap(([name, column]) => {
          const text = column[index] ?? null;
          return text === null ? [] : [[name, text] as const];
        });
        rows.push({ timestamp, values, tags, place: [timestamp, number, index] });
      }
    }
    return rows.sort((a, b) => comparePlaces(a.place, b.place));
  }
}

function idsOf({ values }: SentPackage): SeenParameter[] {
  return VALUE_KINDS.flatMap((kind) => Array.from(values[kind].keys(), (id) => ({ id, kind })));
}

function comparePlaces([time, number, index]: Place, [otherTime, otherNumber, otherIndex]: Place): number {
  if (time !== otherTime) return time < otherTime ? -1 : 1;
  return number - otherNumber || index - otherIndex;
}

function toCursor(place: Place): SampleCursor {
  return `s${place.join('_')}`;
}

function toPlace(cursor: SampleCursor): Place {
  const [, timestamp, number, index] = /^s(-?\d+)_(\d+)_(\d+)$/.exec(cursor) ?? [];
  if (timestamp === undefined) throw new WriterHubError('invalid_query', 'the store has no such place');
  return [BigInt(timestamp), Number(number), Number(index)];
}
