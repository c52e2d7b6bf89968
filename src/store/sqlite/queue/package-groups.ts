import type { AppendReceipt } from '../../contract/event-log';
import type { PackageAppend, PackageBatch } from '../../contract/parameter-store';
import type { PackageGroupColumns } from '../channel/messages';
import { StreamGroups, type StreamGroup } from './stream-groups';

/** Consecutive packages for one stream that have the same ids: all of them are refused, or none. */
interface PackageGroup extends StreamGroup<PackageBatch> {
  readonly shape: number;
}

/** The packages of one batch, each of which takes one offset. */
export class PackageGroups extends StreamGroups<PackageAppend, PackageBatch, PackageGroup, PackageGroupColumns> {
  #packageCount = 0;

  get records(): number {
    return this.#packageCount;
  }

  append(append: PackageAppend, record: number): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      const { batch } = append;
      const group = this.#groupFor(append, record);
      group.appends.push({ batch, resolve, reject });
      group.bytes += batch.json.length;
      this.textBytes += batch.json.length;
      this.#packageCount += 1;
    });
  }

  writeTexts(target: Uint8Array, start: number): number {
    let end = start;
    for (const { appends } of this.all) {
      for (const { batch } of appends) {
        target.set(batch.json, end);
        end += batch.json.length;
      }
    }
    return end;
  }

  columns(start: number): PackageGroupColumns {
    const packageEnds = new Int32Array(this.all.length);
    const textEnds = new Float64Array(this.#packageCount);
    const minTimestamps = new BigInt64Array(this.#packageCount);
    const maxTimestamps = new BigInt64Array(this.#packageCount);
    let [index, end] = [0, start];
    for (const [group, { appends }] of this.all.entries()) {
      for (const { batch } of appends) {
        textEnds[index] = end += batch.json.length;
        minTimestamps[index] = batch.minTimestamp;
        maxTimestamps[index] = batch.maxTimestamp;
        index += 1;
      }
      packageEnds[group] = index;
    }
    const shapes = Float64Array.from(this.all, ({ shape }) => shape);
    return { ...this.targetColumns(start), packageEnds, shapes, textEnds, minTimestamps, maxTimestamps };
  }

  protected offsetsOf(): number {
    return 1;
  }

  #groupFor(append: PackageAppend, record: number): PackageGroup {
    const { topic, streamId, createTopic, creator, batch } = append;
    const { shape } = batch;
    const known = record < 0 ? this.growing(append) : undefined;
    if (known?.shape === shape) return known;
    const group: PackageGroup = { topic, streamId, createTopic, creator, shape, record, appends: [], bytes: 0 };
    this.add(group);
    return group;
  }
}
