import type { WriterHubError } from '../../../errors';
import type { QuarantineBatch, RowBatch, RowsAppend, RowsReceipt } from '../../event-store';
import { toError } from '../channel/failure';
import { writeArray } from './json-array';
import type { CommitResult, RowGroupColumns } from '../channel/messages';

/** Appends to one data source are joined up to so many bytes, as those to a stream are. */
const GROUP_BYTES = 256 * 1024;

interface WaitingRows {
  readonly batch: RowBatch;
  readonly resolve: (receipt: RowsReceipt) => void;
  readonly reject: (error: WriterHubError) => void;
}

/** Consecutive appends to one data source that become one statement, or one append that is more than rows. */
interface RowGroup {
  readonly topic: string;
  readonly columns: number;
  readonly appends: WaitingRows[];
  /** Of the text of the rows with its brackets and commas; 0 without rows. */
  bytes: number;
  readonly quarantine: QuarantineBatch;
  readonly released: readonly number[];
  readonly claim: number;
}

/** The appends of rows of one batch. */
export class RowGroups {
  readonly #groups: RowGroup[] = [];
  /** The groups that still take appends, by data source. */
  readonly #growing = new Map<string, RowGroup>();
  #textBytes = 0;
  #releasedCount = 0;

  get count(): number {
    return this.#groups.length;
  }

  /** Bytes of the texts as they are written. */
  get bytes(): number {
    return this.#textBytes;
  }

  /** Bytes of memory besides the texts, roughly. */
  get weight(): number {
    return this.#releasedCount * 8;
  }

  /** `claim` is the index of the append's claim, -1 for none. */
  append(append: RowsAppend, claim: number): Promise<RowsReceipt> {
    return new Promise((resolve, reject) => {
      const { rows, quarantine } = append;
      const group = this.#groupFor(append, claim);
      const before = group.bytes;
      group.appends.push({ batch: rows, resolve, reject });
      if (rows.count > 0) group.bytes = Math.max(1, before) + rows.json.length + 1;
      this.#textBytes += group.bytes - before + bytesOf(quarantine);
    });
  }

  /** Appends called from now on are carried out after those called before. */
  endGroups(): void {
    this.#growing.clear();
  }

  /** Writes the texts from a position on and gives the position behind them. */
  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { appends, bytes, quarantine } of this.#groups) {
      if (bytes > 0) end = writeArray(target, end, appends);
      if (quarantine.count > 0) end = writeArray(target, end, [{ batch: quarantine }]);
    }
    return end;
  }

  /** The groups for the writer, whose texts begin at this position. */
  columns(start: number): RowGroupColumns {
    const groups = this.#groups;
    const rowsEnds = new Float64Array(groups.length);
    const quarantineEnds = new Float64Array(groups.length);
    let end = start;
    for (const [index, { bytes, quarantine }] of groups.entries()) {
      rowsEnds[index] = end += bytes;
      quarantineEnds[index] = end += bytesOf(quarantine);
    }
    return {
      topics: groups.map(({ topic }) => topic),
      columns: Uint32Array.from(groups, ({ columns }) => columns),
      rowsEnds,
      quarantineEnds,
      claims: Int32Array.from(groups, ({ claim }) => claim),
      released: groups.flatMap(({ released }, group) => (released.length > 0 ? [{ group, offsets: released }] : [])),
    };
  }

  /** Tells every caller what became of its rows. */
  settle({ failedRows, answeredRows }: CommitResult): void {
    const errors = new Map(failedRows.map(({ index, failure }) => [index, toError(failure)]));
    const answers = new Map(answeredRows.map(({ index, answer }) => [index, answer]));
    for (const [index, { appends }] of this.#groups.entries()) {
      const error = errors.get(index);
      for (const { resolve, reject } of appends) {
        if (error === undefined) resolve({ answer: answers.get(index) });
        else reject(error);
      }
    }
  }

  /** Tells every caller that nothing was committed. */
  fail(error: WriterHubError): void {
    for (const { appends } of this.#groups) for (const { reject } of appends) reject(error);
  }

  #groupFor(append: RowsAppend, claim: number): RowGroup {
    const { topic, columns, rows, quarantine, released = [] } = append;
    const joins = rows.count > 0 && quarantine.count === 0 && released.length === 0 && claim < 0;
    const known = joins ? this.#growing.get(topic) : undefined;
    if (known?.columns === columns && known.bytes + rows.json.length < GROUP_BYTES) return known;
    const group: RowGroup = { topic, columns, appends: [], bytes: 0, quarantine, released, claim };
    this.#groups.push(group);
    this.#releasedCount += released.length;
    if (joins) this.#growing.set(topic, group);
    else this.#growing.delete(topic);
    return group;
  }
}

/** Of the text of quarantined rows as it is written. */
function bytesOf({ count, json }: QuarantineBatch): number {
  return count > 0 ? json.length + 2 : 0;
}
