import type { IdempotencyRecord } from '../../contract/idempotency';
import type { PartPlace } from '../channel/messages';
import type { DataSources } from './data-sources';
import type { RecordTable } from './record-table';
import type { RowTable, RowTexts } from './row-table';
import type { UnfinishedAppends } from './unfinished-appends';

/** A group of rows that is a part of a long append. */
export interface RowPart {
  readonly topic: string;
  /** With the first part and the last. */
  readonly record: IdempotencyRecord | undefined;
  /** What is replaced is with the last part. */
  readonly texts: RowTexts;
}

/** Writes long appends of rows in parts, as `EventParts` does those of events. */
export class RowParts {
  readonly #sources: DataSources;
  readonly #unfinished: UnfinishedAppends;
  readonly #records: RecordTable;

  constructor(sources: DataSources, unfinished: UnfinishedAppends, records: RecordTable) {
    this.#sources = sources;
    this.#unfinished = unfinished;
    this.#records = records;
  }

  /**
   * Gives the answer of the first time, if the append was stored before. Throws what an append throws, and then nobody
   * can go on with it.
   */
  write(place: PartPlace, part: RowPart): string | undefined {
    const source = this.#sources.find(part.topic);
    if (place.index === 0 && part.record !== undefined) {
      const answer = this.#records.earlierAnswer({ topic: source.id, streamId: '' }, part.record);
      if (answer !== undefined) return answer;
    }
    try {
      this.#store(place, part, source);
      return undefined;
    } catch (error) {
      if (place.index > 0) this.#unfinished.abandon(source.id);
      throw error;
    }
  }

  #store(place: PartPlace, { record, texts }: RowPart, source: RowTable): void {
    const append =
      place.index === 0 ? this.#unfinished.begin(source.id, place, null) : this.#unfinished.toContinue(place);
    const { rows, quarantined, replaced } = source.store(texts, append);
    const grown = {
      ...append,
      parts: append.parts + 1,
      records: append.records + rows,
      quarantined: append.quarantined + quarantined,
      bytes: append.bytes + texts.rows.length,
    };
    const lastOffset = Math.max(append.lastOffset, source.nextOffset + grown.records - 1);
    const lastQuarantineOffset = Math.max(
      append.lastQuarantineOffset,
      source.nextQuarantineOffset + grown.quarantined - 1,
    );
    const noted = { ...grown, lastOffset, lastQuarantineOffset };
    if (!place.isLast) {
      this.#unfinished.put(noted);
      source.isCluttered = true;
      return;
    }
    source.grow({ rows: grown.records, quarantined: grown.quarantined, replaced }, grown.bytes);
    source.isCluttered = this.#unfinished.keepRest(noted, source);
    this.#sources.touch(source);
    if (record !== undefined) this.#records.put({ topic: source.id, streamId: '' }, record);
  }
}
