import type { CommitRecord } from '../channel/messages';

/** A commit whose writer was lost, and what is to be told when it is found out what became of it. */
export interface LostCommit {
  readonly number: number;
  settle(record: CommitRecord | undefined): void;
}

/** Commits of which nobody knows whether they were made. Nothing else may be committed before that is found out. */
export class LostCommits {
  readonly #lost: LostCommit[] = [];
  #asking: Promise<void> | undefined;
  readonly #recall: (number: number) => Promise<CommitRecord | undefined>;

  /** `recall` asks the writer for what a commit has recorded. */
  constructor(recall: (number: number) => Promise<CommitRecord | undefined>) {
    this.#recall = recall;
  }

  get isEmpty(): boolean {
    return this.#lost.length === 0;
  }

  add(commit: LostCommit): void {
    this.#lost.push(commit);
  }

  /** Settles all of them, in order; rejects when the writer cannot be asked. */
  findOut(): Promise<void> {
    this.#asking ??= this.#askForAll().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askForAll(): Promise<void> {
    for (let commit = this.#lost[0]; commit !== undefined; commit = this.#lost[0]) {
      const record = await this.#recall(commit.number);
      this.#lost.shift();
      commit.settle(record);
    }
  }
}
