import type { Position } from '../../contract/position';
import type { CommitReport, StoreObserver } from '../../contract/store';
import type { AdvancedTopics } from '../channel/messages';
import { toPosition } from '../channel/offsets';

/** Everybody who observes the store. */
export class Observers {
  readonly #observers = new Set<StoreObserver>();

  /** Returns what ends it. */
  add(observer: StoreObserver): () => void {
    // An observer of its own for each call: one that is given twice is notified twice.
    const added = { ...observer };
    this.#observers.add(added);
    return () => {
      this.#observers.delete(added);
    };
  }

  pressure(full: boolean): void {
    for (const observer of this.#observers) observer.onPressure?.(full);
  }

  writable(failure: Error | undefined): void {
    for (const observer of this.#observers) observer.onWritable?.(failure);
  }

  committed(report: CommitReport, { names, offsets }: AdvancedTopics): void {
    for (const observer of this.#observers) observer.onCommit?.(report);
    if (names.length === 0) return;
    let ends: Map<string, Position> | undefined;
    for (const observer of this.#observers) {
      if (observer.onAdvance === undefined) continue;
      ends ??= new Map(names.map((name, index) => [name, toPosition(offsets[index]!)]));
      observer.onAdvance(ends);
    }
  }
}
