import type { Gap, Row, ShownEvent } from './event';
import { comparePositions, mostBetween } from './position';
import { RowRing, type RingLimits } from './row-ring';

/** Arrivals that wait to be drawn; more are taken into the window at once, also while nothing is drawn. */
const MAX_QUEUE = 1_000;

/** Events that were read backwards or forwards, oldest first. */
export interface FoundEvents {
  readonly events: readonly ShownEvent[];
  /** The position to go on from in the same direction; of none, the one it began with. */
  readonly reached: string | undefined;
  /** Whether there was nothing more in that direction. */
  readonly isEnd: boolean;
}

export interface FoundNewer extends FoundEvents {
  /** The first event that was looked at, whether or not it matches. */
  readonly first: string | undefined;
}

export interface WindowOptions {
  /** What is held of the list. */
  readonly limits: RingLimits;
  /** What is held of the events that come while it is paused. */
  readonly pending: RingLimits;
  readonly matches: (event: ShownEvent) => boolean;
}

/**
 * The part of a log that is held in the page: rows in the order of arrival, which grow at the end while they are
 * followed, and at either end while one scrolls. A paused window stands still and counts what comes.
 */
export class TailWindow {
  readonly #matches: WindowOptions['matches'];
  readonly #ring: RowRing;
  readonly #pending: RowRing;
  #queue: ShownEvent[] = [];
  #isPaused = false;
  #newCount = 0;
  #lastArrived: string | undefined;
  #olderFrom: string | undefined;
  #newerFrom: string | undefined;
  #isAtStart = false;
  #isAtEnd = true;

  constructor({ limits, pending, matches }: WindowOptions) {
    this.#matches = matches;
    this.#ring = new RowRing(limits);
    this.#pending = new RowRing(pending);
  }

  /** The rows that are shown, oldest first. */
  get rows(): readonly Row[] {
    return this.#ring.rows;
  }

  /** A number of the first row that stays with it while rows come and go before it. */
  get firstNumber(): number {
    return this.#ring.first;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** How many events that match came since it was paused. */
  get newCount(): number {
    return this.#newCount;
  }

  /** Where the reader of new events stands: goes on from here. */
  get lastArrived(): string | undefined {
    return this.#lastArrived;
  }

  /** Where to read on to older events, and to newer ones. */
  get olderFrom(): string | undefined {
    return this.#olderFrom;
  }

  get newerFrom(): string | undefined {
    return this.#newerFrom;
  }

  /** Whether there is nothing older than the first row. */
  get isAtStart(): boolean {
    return this.#isAtStart;
  }

  /** Whether there was nothing newer than the last row when it was paused. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Begins with the newest events; `last` is the newest position of all, also of those that do not match. */
  begin({ events, reached, isEnd }: FoundEvents, last: string | undefined): void {
    this.#ring.clear();
    this.#takeNewer(events);
    this.#olderFrom = reached;
    this.#isAtStart = isEnd;
    this.#isAtEnd = true;
    this.#lastArrived = last;
  }

  /** Takes a new event, or leaves it out: it does not match, or it came before. Says whether it was new. */
  arrive(event: ShownEvent): boolean {
    const { offset } = event;
    if (this.#lastArrived !== undefined && (comparePositions(offset, this.#lastArrived) ?? 1) <= 0) return false;
    this.#lastArrived = offset;
    if (!this.#matches(event)) return true;
    if (this.#isPaused) this.#newCount += 1;
    if (this.#queue.push(event) >= MAX_QUEUE) this.flush();
    return true;
  }

  /** Notes how far the reader has come, where nothing was for it. */
  advance(position: string): void {
    if ((comparePositions(position, this.#lastArrived ?? '') ?? 1) > 0) this.#lastArrived = position;
  }

  /** Takes what has arrived into the list, or, when paused, to what waits. */
  flush(): void {
    const events = this.#queue;
    if (events.length === 0) return;
    this.#queue = [];
    if (this.#isPaused) this.#pending.append(events);
    else this.#takeNewer(events);
  }

  pause(): void {
    this.flush();
    this.#isPaused = true;
  }

  /**
   * Goes on at the newest events. What came meanwhile follows the rows, behind a gap if it is more than was held.
   * Answers with false when the newest events have to be read anew, as none came and others are shown.
   */
  resume(): boolean {
    this.flush();
    const waiting = this.#pending.rows;
    const dropped = this.#newCount - waiting.length;
    this.#isPaused = false;
    this.#newCount = 0;
    this.#pending.clear();
    const [first] = waiting;
    if (!this.#isAtEnd) {
      if (first?.kind !== 'event') return false;
      this.#restart(first.offset);
    } else if (dropped > 0) {
      this.#takeNewer([{ ...this.#gap(first), count: dropped, isExact: true }]);
    }
    this.#takeNewer(waiting);
    return true;
  }

  /**
   * Goes on behind events that were not read: newer ones begin with `events`. `isExact`: every position in between is
   * an event that would be shown.
   */
  skipTo({ events }: FoundEvents, last: string, isExact: boolean): void {
    this.flush();
    const from = this.#lastArrived;
    const newer = events.filter(({ offset }) => from === undefined || (comparePositions(offset, from) ?? 1) > 0);
    const [first] = newer;
    this.#lastArrived = last;
    const after = from ?? '0';
    const most = mostBetween(after, first?.offset ?? last) ?? 0;
    const gap: Gap = { kind: 'gap', after, before: first?.offset ?? last, count: most, isExact };
    const rows = most > 0 ? [gap, ...newer] : newer;
    if (this.#isPaused) {
      this.#newCount += most + newer.length;
      this.#pending.append(newer);
    } else this.#takeNewer(rows);
  }

  /** Puts older events in front. */
  addOlder({ events, reached, isEnd }: FoundEvents): void {
    this.#olderFrom = reached ?? this.#olderFrom;
    this.#isAtStart = isEnd;
    if (this.#ring.prepend(events) === 0) return;
    this.#isAtEnd = false;
    this.#newerFrom = lastEvent(this.rows)?.offset;
  }

  /** Puts newer stored events behind, while it is paused. */
  addNewer({ events, reached, isEnd }: FoundEvents): void {
    this.#newerFrom = reached ?? this.#newerFrom;
    this.#append(events);
    if (!isEnd) return;
    this.flush();
    this.#isAtEnd = true;
    const last = this.#newerFrom;
    const waiting = this.#pending.rows.filter(
      (row) => row.kind === 'event' && (last === undefined || (comparePositions(row.offset, last) ?? 1) > 0),
    );
    this.#pending.clear();
    this.#pending.append(waiting);
    this.#newCount = waiting.length;
  }

  /** Shows another place: the events behind a position. It is paused then. */
  jump(position: string, { events, reached, isEnd, first }: FoundNewer): void {
    this.pause();
    // Older ones are read up to the first of these: the event at the position itself is among them.
    this.#restart(first);
    this.#isAtEnd = false;
    this.addNewer({ events, reached: reached ?? position, isEnd });
  }

  /** Puts events that were left out where they belong. What is still left out stays a gap. */
  fill(gap: Gap, { events, reached, isEnd }: FoundEvents): void {
    const inside = events.filter(({ offset }) => (comparePositions(offset, gap.before) ?? -1) < 0);
    const isFilled = isEnd || inside.length < events.length || reached === undefined;
    const rest = Math.max(1, gap.count - inside.length);
    const left: Row[] = isFilled ? [] : [{ ...gap, after: reached, count: rest }];
    const { first } = this.#ring;
    if (this.#ring.replace(gap, [...inside, ...left]) && this.#ring.first > first) this.#cutFront();
  }

  #restart(olderFrom: string | undefined): void {
    this.#ring.clear();
    this.#olderFrom = olderFrom;
    this.#isAtStart = false;
    this.#isAtEnd = true;
  }

  #takeNewer(rows: readonly Row[]): void {
    this.#append(rows);
    this.#newerFrom = lastEvent(this.rows)?.offset;
  }

  #append(rows: readonly Row[]): void {
    if (this.#ring.append(rows) > 0) this.#cutFront();
  }

  #cutFront(): void {
    this.#isAtStart = false;
    this.#olderFrom = this.rows.find((row) => row.kind === 'event')?.offset ?? this.#olderFrom;
  }

  #gap(first: Row | undefined): Pick<Gap, 'kind' | 'after' | 'before'> {
    const before = first?.kind === 'event' ? first.offset : (this.#lastArrived ?? '');
    return { kind: 'gap', after: lastEvent(this.rows)?.offset ?? this.#olderFrom ?? '', before };
  }
}

function lastEvent(rows: readonly Row[]): ShownEvent | undefined {
  return rows.findLast((row) => row.kind === 'event');
}
