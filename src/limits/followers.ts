import { WriterHubError } from '../errors';
import type { OnStrike } from './limit-watch';
import { Shares } from './shares';

/** Readers that follow topics live: each takes a place for as long as it listens. */
export class Followers {
  readonly #shares: Shares;

  constructor(max: number, { onStrike }: { readonly onStrike: OnStrike }) {
    this.#shares = new Shares(max, (_, holder) => {
      onStrike('followers', holder);
    });
  }

  /** How many places are taken. */
  get used(): number {
    return this.#shares.used;
  }

  /** `max`: how many places there are from now on. Readers that have one keep it. */
  resize(max: number): void {
    this.#shares.resize(max);
  }

  /** Takes a place; what it returns gives it back, once. Throws `over_share` or `store_busy`. */
  take(holder: string): () => void {
    const refusal = this.#shares.take(holder, 1);
    if (refusal === 'share') {
      throw new WriterHubError('over_share', 'the readers of this token follow as many topics as they may');
    }
    if (refusal === 'full') {
      throw new WriterHubError('store_busy', 'as many readers follow topics as may; see WRITER_HUB_MAX_FOLLOWERS');
    }
    let isTaken = true;
    return () => {
      if (isTaken) this.#shares.release(holder, 1);
      isTaken = false;
    };
  }
}
