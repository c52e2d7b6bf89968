import type { Entry, EntryKind } from './entry';

/** What goes to a stream in one piece, where nothing else is said. */
const BATCH_CHARACTERS = 256 * 1024;
/** What all lanes gather together before it is sent. */
const GATHERED_CHARACTERS = 4 * 1024 * 1024;

/** Entries of one kind that follow each other in one lane. */
export interface Batch {
  readonly lane: string;
  readonly kind: EntryKind;
  readonly entries: readonly Entry[];
  readonly characters: number;
}

type OpenBatch = { -readonly [Member in keyof Batch]: Batch[Member] } & { readonly entries: Entry[] };

/** Gathers entries into batches by lane, so that entries of many lanes in turn do not cost a write each. */
export class BatchedEntries {
  readonly #open = new Map<string, OpenBatch>();
  #characters = 0;
  readonly #batchCharacters: number;

  /** Entries are put together up to about so many characters. */
  constructor(batchCharacters = BATCH_CHARACTERS) {
    this.#batchCharacters = batchCharacters;
  }

  /** Gives the batches that are to be sent now, in this order. */
  *add(entry: Entry): Iterable<Batch> {
    const { lane, kind, text } = entry;
    let batch = this.#open.get(lane);
    if (batch !== undefined && batch.kind !== kind) {
      yield this.#close(batch);
      batch = undefined;
    }
    batch ??= { lane, kind, entries: [], characters: 0 };
    this.#open.set(lane, batch);
    batch.entries.push(entry);
    batch.characters += text.length;
    this.#characters += text.length;
    // A package is one by itself.
    if (kind === 'packages' || batch.characters >= this.#batchCharacters) yield this.#close(batch);
    if (this.#characters >= GATHERED_CHARACTERS) yield* this.rest();
  }

  /** Gives all that is left. */
  *rest(): Iterable<Batch> {
    for (const batch of [...this.#open.values()]) yield this.#close(batch);
  }

  #close(batch: OpenBatch): Batch {
    this.#open.delete(batch.lane);
    this.#characters -= batch.characters;
    return batch;
  }
}
