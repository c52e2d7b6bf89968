import type { SqlEngine } from '../contract/sql-engine';
import type { StoreObserver } from '../contract/store';
import type { Observers } from '../sqlite/queue/observers';
import type { PendingWrites } from './pending-writes';
import { ToldCommits } from './told-commits';
import type { TopicDirectory } from './topic-directory';
import type { DividedStore, NamedLog, ReadRoles, Told } from './view-division';
import type { ViewFeeder } from './view-feeder';

export interface ViewPartParts {
  /** What is said of the topics that there is a view of here. */
  readonly roles: ReadRoles;
  readonly sql: SqlEngine | undefined;
  readonly pending: PendingWrites;
  readonly directory: TopicDirectory;
  readonly feeder: ViewFeeder;
  /** The log that says which topics there are. */
  readonly catalogue: string;
  readonly isHere: (topic: string) => boolean;
  /** Who is told what other hubs tell. */
  readonly observers: Observers;
  readonly observe: (observer: StoreObserver) => () => void;
}

/** What a store that has some of the views answers other hubs with, and is told by them. */
export class ViewPart implements DividedStore {
  readonly writer: string;
  readonly roles: ReadRoles;
  readonly sql: SqlEngine | undefined;
  readonly observe: (observer: StoreObserver) => () => void;
  readonly #waiting: (() => void)[] = [];
  readonly #commits: ToldCommits;
  readonly #parts: ViewPartParts;

  constructor(parts: ViewPartParts) {
    this.writer = parts.pending.writer;
    this.roles = parts.roles;
    this.sql = parts.sql;
    this.observe = parts.observe;
    this.#parts = parts;
    this.#commits = new ToldCommits((report) => {
      parts.observers.reported(report);
    });
  }

  elsewhere(): NamedLog[] {
    const { directory, isHere } = this.#parts;
    return [...directory.entries].filter(({ name }) => !isHere(name));
  }

  firstPending(log: string): number {
    return this.#parts.pending.firstOf(log);
  }

  settle(log: string, number: number, outcome: PromiseSettledResult<unknown>): void {
    const carried = this.#parts.pending.settle(log, { writer: this.writer, number }, outcome);
    if (carried !== undefined) this.#commits.add(carried);
  }

  carriedOutBefore(log: string, writer: string): number {
    return this.#parts.feeder.before(log, writer);
  }

  catalogueAt(): number {
    const { feeder, catalogue } = this.#parts;
    return feeder.next(catalogue) ?? 0;
  }

  async reached(catalogue: number): Promise<void> {
    while (this.catalogueAt() < catalogue) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Something was carried out. */
  progressed(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  told(told: Told): void {
    const { observers } = this.#parts;
    switch (told.kind) {
      case 'onAdvance':
      case 'onQuarantine':
        observers.advanced(told.kind, told.ends);
        return;
      case 'onChange':
        observers.changed(() => told.changes);
        return;
      case 'onRemove':
        observers.removed(told.topic);
    }
  }
}
