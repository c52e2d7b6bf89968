import type { QuarantineBatch, RowBatch, RowsAppend, RowsReceipt } from '../../contract/row-store';
import type { StreamWrite } from '../../contract/store';
import { toError } from '../channel/failure';
import type { RowGroupColumns, RowOutcomes } from '../channel/messages';
import { rowOffset } from '../channel/offsets';
import { GROUP_BYTES, callersOf, type AppendGroups, type WaitingAppend } from './append-groups';
import { writeArray } from './json-array';
import type { Waiting } from './waiting';

/** Consecutive appends to one data source that become one statement, or one append that is more than rows. */
interface RowGroup {
  readonly topic: string;
  readonly schemaVersion: string;
  readonly appends: WaitingAppend<RowBatch, RowsReceipt>[];
  /** Of the text of the rows with its brackets and commas; 0 without rows. */
  bytes: number;
  readonly quarantine: QuarantineBatch;
  /** Offsets of the quarantined rows that it replaces. */
  readonly replaced: readonly number[];
  readonly record: number;
}

/** The appends of rows of one batch. */
export class RowGroups implements AppendGroups<RowsAppend, RowsReceipt, RowGroupColumns, RowOutcomes> {
  readonly #groups: RowGroup[] = [];
  /** The groups that still take appends, by data source. */
  readonly #growing = new Map<string, RowGroup>();
  #textBytes = 0;
  #rowCount = 0;
  #replacedCount = 0;

  get count(): number {
    return this.#groups.length;
  }

  get records(): number {
    return this.#rowCount;
  }

  get bytes(): number {
    return this.#textBytes;
  }

  get weight(): number {
    return this.#replacedCount * 8;
  }

  has(topic: string): boolean {
    return this.#groups.some((group) => group.topic === topic);
  }

  append(append: RowsAppend, record: number): Promise<RowsReceipt> {
    return new Promise((resolve, reject) => {
      const { rows, quarantine } = append;
      const group = this.#groupFor(append, record);
      const before = group.bytes;
      group.appends.push({ batch: rows, resolve, reject });
      if (rows.count > 0) group.bytes = Math.max(1, before) + rows.json.length + 1;
      this.#textBytes += group.bytes - before + bytesOf(quarantine);
      this.#rowCount += rows.count + quarantine.count;
    });
  }

  endGroups(): void {
    this.#growing.clear();
  }

  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { appends, bytes, quarantine } of this.#groups) {
      if (bytes > 0) end = writeArray(target, end, appends);
      if (quarantine.count > 0) end = writeArray(target, end, [{ batch: quarantine }]);
    }
    return end;
  }

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
      start,
      records: Int32Array.from(groups, ({ record }) => record),
      schemaVersions: groups.map(({ schemaVersion }) => schemaVersion),
      rowsEnds,
      quarantineEnds,
      replaced: groups.flatMap(({ replaced }, group) => (replaced.length > 0 ? [{ group, offsets: replaced }] : [])),
    };
  }

  settle({ failed, repeated }: RowOutcomes): void {
    const errors = new Map(failed.map(({ index, failure }) => [index, toError(failure)]));
    const answers = new Map(repeated.map(({ index, answer }) => [index, answer]));
    for (const [index, { appends }] of this.#groups.entries()) {
      const error = errors.get(index);
      for (const { resolve, reject } of appends) {
        if (error === undefined) resolve({ answer: answers.get(index) });
        else reject(error);
      }
    }
  }

  stored({ failed, repeated }: RowOutcomes): readonly StreamWrite[] {
    const others = new Set([...failed, ...repeated].map(({ index }) => index));
    return this.#groups.flatMap(({ topic, bytes }, index) => (others.has(index) ? [] : [{ topic, bytes }]));
  }

  callers(): Iterable<Waiting> {
    return callersOf(this.#groups);
  }

  #groupFor(append: RowsAppend, record: number): RowGroup {
    const { topic, schemaVersion, rows, quarantine, replaced = [] } = append;
    const joins = rows.count > 0 && quarantine.count === 0 && replaced.length === 0 && record < 0;
    const known = joins ? this.#growing.get(topic) : undefined;
    if (known?.schemaVersion === schemaVersion && known.bytes + rows.json.length < GROUP_BYTES) return known;
    const offsets = replaced.map(rowOffset);
    const group: RowGroup = { topic, schemaVersion, appends: [], bytes: 0, quarantine, replaced: offsets, record };
    this.#groups.push(group);
    this.#replacedCount += replaced.length;
    if (joins) this.#growing.set(topic, group);
    else this.#growing.delete(topic);
    return group;
  }
}

/** Of the text of quarantined rows as it is written. */
function bytesOf({ count, json }: QuarantineBatch): number {
  return count > 0 ? json.length + 2 : 0;
}
