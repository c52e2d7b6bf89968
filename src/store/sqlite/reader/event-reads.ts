import type { Database, Statement } from 'better-sqlite3';
import type { EventColumns } from '../channel/reader-messages';
import { seriesOfStream, seriesOfTopic } from '../file/runs';
import { isEmpty, timeWindow, type TimeWindow } from './time-window';

/** The most offsets that a read by time scans, so that no read holds up the others for long. */
const SCANNED_OFFSETS = 500_000;

/** A page ends when its texts hold this many characters, however many events were asked for. */
const PAGE_CHARACTERS = 1024 * 1024;

type EventRow = [
  offset: bigint,
  stream: bigint,
  timestamp: bigint,
  id: string,
  value: string | null,
  tags: string | null,
];

/**
 * Which events of a topic: those of one stream or of the whole topic, with greater offsets, in a window of time or at
 * any time.
 */
export interface EventRange {
  readonly stream: number | undefined;
  readonly after: number;
  readonly window: TimeWindow | undefined;
  readonly limit: number;
  /** Only offsets up to this one: behind the end of a topic may be parts of an append that is not finished. */
  readonly until: number;
  /** Whether events of streams that were removed may still be there. */
  readonly hasRemovals: boolean;
}

/** The events of a page, of whatever topic. */
type Page = Omit<EventColumns, 'generation'>;

/** Where a page ends when its rows run out before its limit. */
interface PageEnd {
  readonly limit: number;
  /** Everything up to this offset was scanned. */
  readonly after: number;
  readonly more: boolean;
}

/** A window of time in the offsets `after < offset <= until`. */
type OffsetSpan = TimeWindow & { readonly after: number; readonly until: number };

type InOrderStatement = Statement<[{ after: number; until: number; limit: number }], EventRow>;

type RunStatement = Statement<
  [{ series: number; start: number; after: number; until: number; limit: number } & TimeWindow],
  EventRow
>;

type Order = 'ASC' | 'DESC';

/** The id of a stream by its number. */
type NameOf = (stream: number) => string;

const OF_A_STREAM = 'AND EXISTS (SELECT 1 FROM streams AS s WHERE s.id = e.stream)';

/** The statements that read one topic's events. */
export class EventReads {
  /** By the clauses that make them differ; made when they are needed. */
  readonly #inOrder = new Map<string, InOrderStatement>();
  readonly #byRuns = new Map<string, RunStatement>();
  readonly #runBefore: Statement<[number, number], { first: number }>;
  readonly #firstInWindow: Statement<[number, number, bigint, bigint], { first: number }>;
  readonly #lastInWindow: Statement<[number, number, bigint, bigint], { last: number }>;
  readonly #database: Database;
  readonly #topic: number;

  constructor(database: Database, topic: number) {
    this.#database = database;
    this.#topic = topic;

    const inWindow = `SELECT first, last FROM runs WHERE series = ? AND last > ? AND max_timestamp >= ? AND min_timestamp <= ?`;
    this.#runBefore = database.prepare(
      `SELECT first FROM runs WHERE series = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    );
    this.#firstInWindow = database.prepare(`${inWindow} ORDER BY first LIMIT 1`);
    this.#lastInWindow = database.prepare(`${inWindow} ORDER BY first DESC LIMIT 1`);
  }

  /** A page of events; `nameOf` returns the id of a stream by its number. */
  page(range: EventRange, nameOf: NameOf): Page {
    const { stream, after, until, limit } = range;
    const window = windowOf(range);
    const end = { limit, after: Math.max(after, until), more: false };
    if (window === undefined) {
      const rows =
        stream === undefined ? this.#rowsInOrder(range, 'ASC') : this.#rowsByRuns(range, everything(after), 'ASC');
      return toColumns(rows, end, nameOf);
    }
    const span = this.#offsetsIn(window, after);
    if (span === undefined) return toColumns([], end, nameOf);
    const last = Math.min(span.until, span.after + SCANNED_OFFSETS);
    const rows = this.#rowsByRuns(range, { ...span, until: last }, 'ASC');
    return toColumns(rows, last < span.until ? { limit, after: last, more: true } : end, nameOf);
  }

  /** A page of events, the newest first. Where it ends is the offset that all further ones are less than. */
  pageBackwards(range: EventRange, nameOf: NameOf): Page {
    const { stream, after, until, limit } = range;
    const window = windowOf(range);
    const end = { limit, after: after + 1, more: false };
    if (window === undefined) {
      const all = { ...everything(after), until };
      const rows = stream === undefined ? this.#rowsInOrder(range, 'DESC') : this.#rowsByRuns(range, all, 'DESC');
      return toColumns(rows, end, nameOf, 'DESC');
    }
    const span = this.#offsetsIn(window, after);
    if (span === undefined) return toColumns([], end, nameOf, 'DESC');
    const last = Math.min(span.until, until);
    const first = Math.max(span.after, last - SCANNED_OFFSETS);
    const rows = this.#rowsByRuns(range, { ...span, after: first, until: last }, 'DESC');
    const isCut = first > span.after;
    return toColumns(rows, isCut ? { limit, after: first + 1, more: true } : end, nameOf, 'DESC');
  }

  #rowsInOrder({ after, until, limit }: EventRange, order: Order): Iterable<EventRow> {
    let statement = this.#inOrder.get(order);
    if (statement === undefined) {
      statement = toRows(
        this.#database.prepare(
          `SELECT offset, stream, timestamp, id, value, tags FROM events_${this.#topic}
           WHERE offset > @after AND offset <= @until ORDER BY offset ${order} LIMIT @limit`,
        ),
      );
      this.#inOrder.set(order, statement);
    }
    return statement.iterate({ after, until, limit: limit + 1 });
  }

  /** The rows of a stream or a topic in a span, one more than the limit, if there is one. */
  #rowsByRuns({ stream, limit, hasRemovals }: EventRange, span: OffsetSpan, order: Order): Iterable<EventRow> {
    const series = stream === undefined ? seriesOfTopic(this.#topic) : seriesOfStream(stream);
    const start = this.#runBefore.get(series, span.after + 1)?.first ?? 0;
    const condition = hasRemovals ? OF_A_STREAM : '';
    let statement = this.#byRuns.get(order + condition);
    if (statement === undefined) {
      statement = this.#prepareByRuns(condition, order);
      this.#byRuns.set(order + condition, statement);
    }
    return statement.iterate({ series, start, ...span, limit: limit + 1 });
  }

  /**
   * CROSS JOIN keeps the order of the loops: runs as they lie in the index, then the events of each by offset; nothing
   * is sorted.
   */
  #prepareByRuns(condition: string, order: Order): RunStatement {
    return toRows(
      this.#database.prepare(
        `SELECT e.offset, e.stream, e.timestamp, e.id, e.value, e.tags
         FROM runs AS r CROSS JOIN events_${this.#topic} AS e
           ON e.offset BETWEEN max(r.first, @after + 1) AND min(r.last, @until)
         WHERE r.series = @series AND r.first BETWEEN @start AND @until AND r.last > @after
           AND r.max_timestamp >= @least AND r.min_timestamp <= @greatest
           AND e.timestamp BETWEEN @least AND @greatest ${condition}
         ORDER BY r.first ${order}, e.offset ${order} LIMIT @limit`,
      ),
    );
  }

  /**
   * Narrows a window of time to a span of offsets by the runs of the whole topic, which are few; so a read of one
   * stream need not look at all its runs, which may be one per commit.
   */
  #offsetsIn(window: TimeWindow, after: number): OffsetSpan | undefined {
    if (isEmpty(window)) return undefined;
    const topic = seriesOfTopic(this.#topic);
    const first = this.#firstInWindow.get(topic, after, window.least, window.greatest)?.first;
    const last = this.#lastInWindow.get(topic, after, window.least, window.greatest)?.last;
    if (first === undefined || last === undefined) return undefined;
    return { ...window, after: Math.max(after, first - 1), until: last };
  }
}

/** What is passed over because its stream was removed is looked through, as in a range of time. */
function windowOf({ window, hasRemovals }: EventRange): TimeWindow | undefined {
  return window ?? (hasRemovals ? timeWindow(undefined, undefined) : undefined);
}

function everything(after: number): OffsetSpan {
  return { ...timeWindow(undefined, undefined), after, until: Number.MAX_SAFE_INTEGER };
}

function toRows<Parameters extends unknown[]>(statement: Statement<Parameters>): Statement<Parameters, EventRow> {
  return statement.raw().safeIntegers() as Statement<Parameters, EventRow>;
}

function toColumns(rows: Iterable<EventRow>, end: PageEnd, nameOf: NameOf, order: Order = 'ASC'): Page {
  const page: Omit<Page, 'after' | 'more'> = {
    offsets: [],
    streamIds: [],
    timestamps: [],
    ids: [],
    values: [],
    tags: [],
  };
  let characters = 0;
  let last = 0;
  for (const [offset, stream, timestamp, id, value, tags] of rows) {
    if (page.offsets.length === end.limit || characters > PAGE_CHARACTERS) return { ...page, after: last, more: true };
    last = Number(offset);
    page.offsets.push(last);
    page.streamIds.push(nameOf(Number(stream)));
    page.timestamps.push(timestamp);
    page.ids.push(id);
    page.values.push(value);
    page.tags.push(tags);
    characters += id.length + (value?.length ?? 0) + (tags?.length ?? 0);
  }
  // Nothing was looked at behind the end, nor, backwards, in front of it.
  return { ...page, after: order === 'ASC' ? Math.max(last, end.after) : end.after, more: end.more };
}
