import type { CommitRequest } from '../channel/messages';
import type { EventTopic, EventTopics } from './event-topics';
import type { PackageTopics } from './package-topics';
import type { ParameterIds } from './parameter-ids';
import type { RecordTable } from './record-table';
import { StreamGroupWriter } from './stream-group-writer';
import type { Stream } from './streams';

/** What packages need of the database, besides topics and streams. */
export interface PackageTables {
  readonly packages: PackageTopics;
  readonly ids: ParameterIds;
}

/** Writes a request's groups of packages. */
export class PackageWriter extends StreamGroupWriter {
  readonly #tables: PackageTables;

  constructor(request: CommitRequest, topics: EventTopics, records: RecordTable, tables: PackageTables) {
    super(request, request.groups.packages, topics, records);
    this.#tables = tables;
  }

  protected check(group: number, topic: EventTopic | undefined, streamId: string): void {
    const { ids } = this.#tables;
    const stream = topic && this.topics.findStream(topic, streamId)?.id;
    const shape = this.request.groups.packages.shapes[group]!;
    if (!ids.knows(stream, shape)) ids.check(topic?.id, this.#firstText(group));
  }

  protected writeTo(group: number, topic: EventTopic, stream: Stream): void {
    const { textEnds, minTimestamps, maxTimestamps, packageEnds, shapes } = this.request.groups.packages;
    const { ids, packages } = this.#tables;
    if (!ids.knows(stream.id, shapes[group]!)) ids.note(topic.id, stream.id, shapes[group]!, this.#firstText(group));
    if (topic.isCluttered) this.topics.writeOver(topic);
    for (let index = this.#firstPackage(group); index < packageEnds[group]!; index++) {
      const [min, max] = [minTimestamps[index]!, maxTimestamps[index]!];
      const text = this.request.text.subarray(this.#textStart(index), textEnds[index]);
      const added = { offset: topic.nextOffset, stream: stream.id, min, max, text };
      packages.insert(topic.id, added, topic.isCluttered);
      this.topics.addedPackage(topic, stream, { min, max, bytes: text.length });
    }
  }

  #firstPackage(group: number): number {
    return group === 0 ? 0 : this.request.groups.packages.packageEnds[group - 1]!;
  }

  #textStart(index: number): number {
    const { start, textEnds } = this.request.groups.packages;
    return index === 0 ? start : textEnds[index - 1]!;
  }

  /** All packages of a group have the same ids. */
  #firstText(group: number): string {
    const index = this.#firstPackage(group);
    const { textEnds } = this.request.groups.packages;
    return Buffer.from(this.request.text.subarray(this.#textStart(index), textEnds[index])).toString();
  }
}
