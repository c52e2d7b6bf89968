import type { TextCut } from '../../../json/text-cuts';
import type { Append } from '../../contract/event-log';
import type { RowBatch, RowsAppend } from '../../contract/row-store';
import { OutcomeUnknown } from '../../contract/outcome-unknown';

/**
 * A part has so many bytes of text at the most, unless a single record has more, and so many records: its commit takes
 * some 20 milliseconds. Rows take less time than events and quarantined rows.
 */
const PART_BYTES = 512 * 1024;
const PART_EVENTS = 4000;
const PART_ROWS = 10_000;
const PART_QUARANTINED = 3000;

/** A text that can be divided. */
interface Divisible {
  readonly json: Uint8Array;
  readonly count: number;
  readonly cuts?: readonly TextCut[];
}

/** What an append holds, for those who count it. */
export interface AppendSize {
  readonly records: number;
  readonly bytes: number;
}

/** A long append, whatever its receipt is. */
export interface WholeAppend {
  readonly topic: string;
  readonly size: AppendSize;
  /** The number of the commit of the first part. */
  readonly began: number;
  /** Whether its outcome is known, so that parts which are left are not needed any more. */
  readonly isOver: boolean;
  /** The first part is committed under this number. */
  begin(number: number): void;
}

/**
 * An append that is committed in parts, so that nobody else waits for all of it. Readers see nothing of it before the
 * last part is committed, and that one's outcome is its own. A part that is refused, or tells that the whole was stored
 * before, ends it.
 */
export class LongAppend<Receipt> implements WholeAppend {
  /** Settles as the append does. */
  readonly receipt: Promise<Receipt>;
  readonly topic: string;
  readonly size: AppendSize;
  #began = 0;
  #isOver = false;
  #resolve!: (receipt: Receipt) => void;
  #reject!: (error: unknown) => void;
  readonly #isRepeated: (receipt: Receipt) => boolean;

  /** `isRepeated`: whether a receipt says that the append was stored before. */
  constructor(topic: string, size: AppendSize, isRepeated: (receipt: Receipt) => boolean) {
    this.topic = topic;
    this.size = size;
    this.#isRepeated = isRepeated;
    this.receipt = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get began(): number {
    return this.#began;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(number: number): void {
    this.#began = number;
  }

  /** Follows what becomes of a part. */
  follow(part: Promise<Receipt>, isLast: boolean): void {
    part.then(
      (receipt) => {
        if (!isLast && !this.#isRepeated(receipt)) return;
        this.#isOver = true;
        this.#resolve(receipt);
      },
      (error: unknown) => {
        // Of a part that nobody knows of, the last one tells; it comes to the same.
        if (!isLast && error instanceof OutcomeUnknown) return;
        this.#isOver = true;
        this.#reject(error);
      },
    );
  }
}

/** The parts of an append of events, one if it is not long. */
export function eventParts(append: Append): Append[] {
  const { record, ...plain } = append;
  const batches = divide(append.batch, PART_EVENTS);
  // The record is looked up with the first part and written with the last.
  return batches.map((batch, index) => {
    const { minTimestamp, maxTimestamp } = append.batch;
    const hasRecord = index === 0 || index === batches.length - 1;
    return {
      ...plain,
      ...(hasRecord && record !== undefined && { record }),
      batch: { ...batch, minTimestamp, maxTimestamp },
    };
  });
}

const NOTHING: RowBatch = { json: new Uint8Array(0), count: 0 };

/** The parts of an append of rows, one if it is not long. */
export function rowParts(append: RowsAppend): RowsAppend[] {
  const { record, replaced, ...plain } = append;
  const rows = divide(append.rows, PART_ROWS).map((part) => ({ rows: part, quarantine: NOTHING }));
  const quarantine = divide(append.quarantine, PART_QUARANTINED).map((part) => ({ rows: NOTHING, quarantine: part }));
  if (rows.length + quarantine.length <= 2 && rows.length < 2 && quarantine.length < 2) return [append];
  const parts = [...rows, ...quarantine].filter((part) => part.rows.count + part.quarantine.count > 0);
  // The last part replaces what is replaced.
  return parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    return {
      ...plain,
      ...part,
      ...((index === 0 || isLast) && record !== undefined && { record }),
      ...(isLast && replaced !== undefined && { replaced }),
    };
  });
}

/** Divides a text at places that were noted, into parts of as many records at the most where there are such places. */
function divide({ json, count, cuts = [] }: Divisible, maxRecords: number): RowBatch[] {
  if (cuts.length === 0 || (json.length <= PART_BYTES && count <= maxRecords)) return [{ json, count }];
  const parts: RowBatch[] = [];
  let start = 0;
  let before = 0;
  let last: TextCut | undefined;
  const endAt = (cut: TextCut): void => {
    parts.push({ json: json.subarray(start, cut.offset), count: cut.count - before });
    start = cut.offset + 1;
    before = cut.count;
  };
  for (const cut of [...cuts, { offset: json.length, count }]) {
    const isTooMuch = cut.offset - start > PART_BYTES || cut.count - before > maxRecords;
    if (isTooMuch && last !== undefined && last.count > before) endAt(last);
    last = cut;
  }
  endAt({ offset: json.length, count });
  return parts;
}
