import { recordAt } from '../channel/record-columns';
import type { CommitRequest, IndexedAnswer, ReplacedRows, RowOutcomes } from '../channel/messages';
import type { DataSources } from './data-sources';
import { GroupWriter } from './group-writer';
import type { RecordTable } from './record-table';

/** Writes a request's groups of rows. */
export class RowWriter extends GroupWriter {
  protected readonly count: number;
  readonly #request: CommitRequest;
  readonly #sources: DataSources;
  readonly #records: RecordTable;
  readonly #replaced: ReadonlyMap<number, ReplacedRows>;
  readonly #repeated: IndexedAnswer[] = [];

  constructor(request: CommitRequest, sources: DataSources, records: RecordTable) {
    super();
    const { topics, replaced } = request.groups.rows;
    this.count = topics.length;
    this.#request = request;
    this.#sources = sources;
    this.#records = records;
    this.#replaced = new Map(replaced.map((rows) => [rows.group, rows]));
  }

  get outcomes(): RowOutcomes {
    return { failed: this.failures, repeated: this.#repeated };
  }

  protected write(group: number): void {
    const { groups, records, text } = this.#request;
    const columns = groups.rows;
    const { rowsEnds, quarantineEnds } = columns;
    const source = this.#sources.find(columns.topics[group]!);
    const record = recordAt(records, columns.records[group]!);
    const target = { topic: source.id, streamId: '' };
    const answer = record && this.#records.earlierAnswer(target, record);
    if (answer !== undefined) {
      this.#repeated.push({ index: group, answer });
      return;
    }
    source.append({
      schemaVersion: columns.schemaVersions[group]!,
      rows: text.subarray(group === 0 ? columns.start : quarantineEnds[group - 1]!, rowsEnds[group]),
      quarantine: text.subarray(rowsEnds[group], quarantineEnds[group]),
      replaced: this.#replaced.get(group)?.offsets ?? [],
    });
    this.#sources.touch(source);
    if (record !== undefined) this.#records.put(target, record);
  }
}
