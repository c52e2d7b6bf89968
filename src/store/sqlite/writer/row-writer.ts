import { recordAt } from '../channel/record-columns';
import type { CommitRequest, IndexedAnswer, ReplacedRows, RowOutcomes } from '../channel/messages';
import type { DataSources } from './data-sources';
import { GroupWriter } from './group-writer';
import type { RowTexts } from './row-table';
import type { IdempotencyRecord } from '../../contract/idempotency';
import type { RecordTable } from './record-table';
import type { RowParts } from './row-parts';

/** Writes a request's groups of rows. */
export class RowWriter extends GroupWriter {
  protected readonly count: number;
  readonly #request: CommitRequest;
  readonly #sources: DataSources;
  readonly #records: RecordTable;
  readonly #parts: RowParts;
  readonly #replaced: ReadonlyMap<number, ReplacedRows>;
  readonly #repeated: IndexedAnswer[] = [];

  constructor(request: CommitRequest, sources: DataSources, records: RecordTable, parts: RowParts) {
    super();
    const { topics, replaced } = request.groups.rows;
    this.count = topics.length;
    this.#request = request;
    this.#sources = sources;
    this.#records = records;
    this.#parts = parts;
    this.#replaced = new Map(replaced.map((rows) => [rows.group, rows]));
  }

  get outcomes(): RowOutcomes {
    return { failed: this.failures, repeated: this.#repeated };
  }

  protected write(group: number): void {
    const { groups, records, text, part } = this.#request;
    const columns = groups.rows;
    const { rowsEnds, quarantineEnds } = columns;
    const topic = columns.topics[group]!;
    const record = recordAt(records, columns.records[group]!);
    const texts = {
      schemaVersion: columns.schemaVersions[group]!,
      rows: text.subarray(group === 0 ? columns.start : quarantineEnds[group - 1]!, rowsEnds[group]),
      quarantine: text.subarray(rowsEnds[group], quarantineEnds[group]),
      replaced: this.#replaced.get(group)?.offsets ?? [],
    };
    const answer =
      part === undefined ? this.#append(topic, texts, record) : this.#parts.write(part, { topic, texts, record });
    if (answer !== undefined) this.#repeated.push({ index: group, answer });
  }

  /** Gives the answer of the first time, if the append was stored before. */
  #append(topic: string, texts: RowTexts, record: IdempotencyRecord | undefined): string | undefined {
    const source = this.#sources.find(topic);
    const target = { topic: source.id, streamId: '' };
    const answer = record && this.#records.earlierAnswer(target, record);
    if (answer !== undefined) return answer;
    if (source.isCluttered) this.#sources.abandonUnfinished(source);
    source.append(texts);
    this.#sources.touch(source);
    if (record !== undefined) this.#records.put(target, record);
    return undefined;
  }
}
