import type { Position } from '../../../src/store/contract/position';
import type { CatalogueChanges, CommitReport, Store, StoreObserver } from '../../../src/store/contract/store';

/** Writes down what a store notifies it of. */
export class Recorder {
  readonly commits: CommitReport[] = [];
  readonly advances: ReadonlyMap<string, Position>[] = [];
  readonly changes: CatalogueChanges[] = [];
  readonly pressure: boolean[] = [];
  readonly turns: (Error | undefined)[] = [];
  #waiting: (() => void)[] = [];

  readonly observer: StoreObserver = {
    onCommit: (commit) => {
      this.#note(this.commits, commit);
    },
    onAdvance: (ends) => {
      this.#note(this.advances, new Map(ends));
    },
    onChange: ({ writes, changes }) => {
      this.#note(this.changes, { writes: writes.map((write) => ({ ...write })), changes });
    },
    onPressure: (full) => {
      this.#note(this.pressure, full);
    },
    onWritable: (failure) => {
      this.#note(this.turns, failure);
    },
  };

  /** A recorder that observes a store. */
  static of(store: Pick<Store, 'observe'>): Recorder {
    const recorder = new Recorder();
    store.observe(recorder.observer);
    return recorder;
  }

  /** Number of appends and records in all commits. */
  get total(): { readonly appends: number; readonly records: number } {
    const sizes = this.commits.map((commit) => sizeOf(commit));
    return {
      appends: this.commits.reduce((sum, { appends }) => sum + appends, 0),
      records: sizes.reduce((sum, { records }) => sum + records, 0),
    };
  }

  /** The names in each advance. */
  get names(): string[][] {
    return this.advances.map((ends) => [...ends.keys()]);
  }

  /** Resolves when this holds, now or after a notification. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #note<Notice>(list: Notice[], notice: Notice): void {
    list.push(notice);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** What the appends of all kinds hold that a commit reports. */
export function sizeOf({ events, packages, rows }: CommitReport): { readonly records: number; readonly bytes: number } {
  const kinds = [events, packages, rows];
  return {
    records: kinds.reduce((sum, { records }) => sum + records, 0),
    bytes: kinds.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
