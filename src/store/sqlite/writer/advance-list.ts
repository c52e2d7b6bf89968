import type { AdvancedTopics } from '../channel/messages';

/** The topics and data sources whose ends a transaction moves. */
export class AdvanceList {
  readonly #names: string[] = [];
  readonly #offsets: number[] = [];

  /** `offset`: the greatest that the topic has now. */
  add(name: string, offset: number): void {
    this.#names.push(name);
    this.#offsets.push(offset);
  }

  columns(): AdvancedTopics {
    return { names: this.#names, offsets: this.#offsets };
  }
}
