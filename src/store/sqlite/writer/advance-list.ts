import type { AdvancedTopics } from '../channel/messages';

/** The topics and data sources whose ends a transaction moves. */
export class AdvanceList {
  readonly #names: string[] = [];
  readonly #offsets: number[] = [];
  readonly #generations: number[] = [];

  /** `offset`: the greatest that the topic has now. */
  add({ name, generation }: { readonly name: string; readonly generation: number }, offset: number): void {
    this.#names.push(name);
    this.#offsets.push(offset);
    this.#generations.push(generation);
  }

  columns(): AdvancedTopics {
    return { names: this.#names, offsets: this.#offsets, generations: this.#generations };
  }
}
