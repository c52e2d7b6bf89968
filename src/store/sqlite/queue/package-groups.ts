import type { AppendReceipt } from '../../contract/event-log';
import type { PackageAppend, PackageBatch } from '../../contract/parameter-store';
import type { StreamWrite } from '../../contract/store';
import type { PackageGroupColumns, StreamOutcomes } from '../channel/messages';
import { GROUP_BYTES, type AppendGroups } from './append-groups';
import { StreamGroups, type StreamGroup, type TopicEnds } from './stream-groups';
import type { Waiting } from './waiting';

/** Consecutive packages for one stream that have the same ids: all of them are refused, or none. */
interface PackageGroup extends StreamGroup<PackageBatch> {
  readonly shape: number;
}

/** The packages of one batch, each of which takes one offset. */
export class PackageGroups implements AppendGroups<PackageAppend, AppendReceipt, PackageGroupColumns, StreamOutcomes> {
  readonly #groups = new StreamGroups<PackageBatch, PackageGroup>(() => 1);
  #textBytes = 0;
  #packageCount = 0;

  get count(): number {
    return this.#groups.all.length;
  }

  get records(): number {
    return this.#packageCount;
  }

  get bytes(): number {
    return this.#textBytes;
  }

  get weight(): number {
    return 0;
  }

  has(topic: string): boolean {
    return this.#groups.has(topic);
  }

  mayHave(topic: string, streamId: string): boolean {
    return this.#groups.mayHave(topic, streamId);
  }

  append(append: PackageAppend, record: number): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const { batch } = append;
      const group = this.#groupFor(append, record);
      group.appends.push({ batch, resolve, reject });
      group.bytes += batch.json.length;
      this.#textBytes += batch.json.length;
      this.#packageCount += 1;
    });
  }

  endGroups(): void {
    this.#groups.endGroups();
  }

  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { batch } of this.#packages()) {
      target.set(batch.json, end);
      end += batch.json.length;
    }
    return end;
  }

  columns(start: number): PackageGroupColumns {
    const groups = this.#groups.all;
    const packages = [...this.#packages()];
    let [textEnd, packageEnd] = [start, 0];
    return {
      ...this.#groups.columns(start),
      packageEnds: Int32Array.from(groups, ({ appends }) => (packageEnd += appends.length)),
      shapes: Float64Array.from(groups, ({ shape }) => shape),
      textEnds: Float64Array.from(packages, ({ batch }) => (textEnd += batch.json.length)),
      minTimestamps: BigInt64Array.from(packages, ({ batch }) => batch.minTimestamp),
      maxTimestamps: BigInt64Array.from(packages, ({ batch }) => batch.maxTimestamp),
    };
  }

  settle(outcomes: StreamOutcomes): void {
    this.#groups.settle(outcomes);
  }

  stored(outcomes: StreamOutcomes): readonly StreamWrite[] {
    return this.#groups.stored(outcomes);
  }

  allStored(ends: TopicEnds): StreamOutcomes {
    return this.#groups.allStored(ends);
  }

  callers(): Iterable<Waiting> {
    return this.#groups.callers();
  }

  *#packages(): Iterable<{ readonly batch: PackageBatch }> {
    for (const { appends } of this.#groups.all) yield* appends;
  }

  #groupFor(append: PackageAppend, record: number): PackageGroup {
    const { topic, streamId, createTopic, creator, batch } = append;
    const { shape } = batch;
    const known = record < 0 ? this.#groups.growing(append) : undefined;
    if (known?.shape === shape && known.bytes + batch.json.length < GROUP_BYTES) return known;
    const group: PackageGroup = { topic, streamId, createTopic, creator, shape, record, appends: [], bytes: 0 };
    this.#groups.add(group);
    return group;
  }
}
