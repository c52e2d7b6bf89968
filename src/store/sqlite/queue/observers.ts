import type { Position } from '../../contract/position';
import type { RowsPart } from '../../contract/row-store';
import type { CatalogueChanges, CommitReport, StoreObserver } from '../../contract/store';
import type { AdvancedTopics } from '../channel/messages';
import { toRowPosition } from '../channel/offsets';

/** Everybody who observes the store. */
export class Observers {
  /** An entry for each call: an observer that is given twice is notified twice. */
  readonly #entries = new Set<{ readonly observer: StoreObserver }>();

  /** Returns what ends it. */
  add(observer: StoreObserver): () => void {
    const entry = { observer };
    this.#entries.add(entry);
    return () => {
      this.#entries.delete(entry);
    };
  }

  pressure(full: boolean, holder: string | undefined): void {
    for (const { observer } of this.#entries) observer.onPressure?.(full, holder);
  }

  writable(failure: Error | undefined): void {
    for (const { observer } of this.#entries) observer.onWritable?.(failure);
  }

  topicRefused(creator: string): void {
    for (const { observer } of this.#entries) observer.onTopicRefused?.(creator);
  }

  /** `find` finds out what has changed; nobody does if nobody wants to know. */
  changed(find: () => CatalogueChanges): void {
    let changes: CatalogueChanges | undefined;
    for (const { observer } of this.#entries) {
      if (observer.onChange === undefined) continue;
      changes ??= find();
      if (changes.writes.length === 0 && changes.changes.length === 0) return;
      observer.onChange(changes);
    }
  }

  removed(topic: string): void {
    for (const { observer } of this.#entries) observer.onRemove?.(topic);
  }

  reported(report: CommitReport): void {
    for (const { observer } of this.#entries) observer.onCommit?.(report);
  }

  /** `ends`: where topics end now, by name. */
  advanced(told: 'onAdvance' | 'onQuarantine', ends: ReadonlyMap<string, Position>): void {
    for (const { observer } of this.#entries) observer[told]?.(ends);
  }

  committed(report: CommitReport, { quarantines, ...advanced }: AdvancedTopics): void {
    this.reported(report);
    this.#advanced('onAdvance', 'rows', advanced);
    if (quarantines !== undefined) this.#advanced('onQuarantine', 'quarantine', quarantines);
  }

  #advanced(
    told: 'onAdvance' | 'onQuarantine',
    part: RowsPart,
    { names, offsets, generations }: Omit<AdvancedTopics, 'quarantines'>,
  ): void {
    if (names.length === 0) return;
    // They are made when somebody wants to know.
    if (![...this.#entries].some(({ observer }) => observer[told] !== undefined)) return;
    this.advanced(
      told,
      new Map(names.map((name, index) => [name, toRowPosition(part, offsets[index]!, generations[index]!)])),
    );
  }
}
