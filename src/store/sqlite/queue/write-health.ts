import type { WriterHubError } from '../../../errors';

/** How long a successful commit counts as proof that the store can write (milliseconds). */
const PROOF_LASTS = 1000;

/** Whether writing works, as the latest commit has shown. */
export class WriteHealth {
  #failure: WriterHubError | undefined;
  #provedAt = -Infinity;
  #lost = 0;
  #damage: WriterHubError | undefined;

  readonly #onTurn: (failure: WriterHubError | undefined) => void;

  /** `onTurn` is called with the reason when writing begins to fail, and with `undefined` when it works again. */
  constructor(onTurn: (failure: WriterHubError | undefined) => void) {
    this.#onTurn = onTurn;
  }

  /** Whether a commit succeeded within the last second and none failed since. */
  get isProven(): boolean {
    return this.#damage === undefined && performance.now() - this.#provedAt < PROOF_LASTS;
  }

  /** Whether no commit failed since the last that succeeded, if any. */
  get isWritable(): boolean {
    return this.#failure === undefined;
  }

  /** Bytes of events in the latest commit that failed and held some; 0 while writing works. */
  get lostBytes(): number {
    return this.#lost;
  }

  /** Why nothing is written until the store is opened again, if that is so. */
  get damage(): WriterHubError | undefined {
    return this.#damage;
  }

  /** The database is damaged: from now on it counts as failing, whatever succeeds. */
  broke(error: WriterHubError): void {
    if (this.#damage !== undefined) return;
    this.#damage = error;
    this.#failure = error;
    this.#onTurn(error);
  }

  succeeded(): void {
    if (this.#damage !== undefined) return;
    this.#provedAt = performance.now();
    this.#lost = 0;
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#onTurn(undefined);
  }

  /** `bytes` of events were in the commit that failed. */
  failed(error: WriterHubError, bytes: number): void {
    this.#provedAt = -Infinity;
    if (bytes > 0) this.#lost = bytes;
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#onTurn(error);
  }
}
