import type { AdvancedTopics } from '../channel/messages';

/** What is named of a topic that advanced. */
interface Advanced {
  readonly name: string;
  readonly generation: number;
}

/** The topics and data sources whose ends a transaction moves, and those whose quarantines have grown. */
export class AdvanceList {
  readonly #names: string[] = [];
  readonly #offsets: number[] = [];
  readonly #generations: number[] = [];
  #quarantines: AdvanceList | undefined;

  /** `offset`: the greatest that the topic has now. */
  add({ name, generation }: Advanced, offset: number): void {
    this.#names.push(name);
    this.#offsets.push(offset);
    this.#generations.push(generation);
  }

  /** `offset`: the greatest that the quarantine of the data source has now. */
  addQuarantine(source: Advanced, offset: number): void {
    this.#quarantines ??= new AdvanceList();
    this.#quarantines.add(source, offset);
  }

  columns(): AdvancedTopics {
    const columns = { names: this.#names, offsets: this.#offsets, generations: this.#generations };
    return this.#quarantines === undefined ? columns : { ...columns, quarantines: this.#quarantines.columns() };
  }
}
