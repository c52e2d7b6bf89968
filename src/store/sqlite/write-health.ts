import type { WriterHubError } from '../../errors';

/** How long a successful commit counts as proof that the store can write (milliseconds). */
const proofLasts = 1000;

/** Whether writing works, as the latest commit has shown. */
export class WriteHealth {
  private failure: WriterHubError | undefined;
  private provedAt = -Infinity;

  /** `onTurn` is called with the reason when writing begins to fail, and with `undefined` when it works again. */
  constructor(private readonly onTurn: (failure: WriterHubError | undefined) => void) {}

  /** Whether a commit succeeded within the last second and none failed since. */
  get isProven(): boolean {
    return performance.now() - this.provedAt < proofLasts;
  }

  succeeded(): void {
    this.provedAt = performance.now();
    if (this.failure === undefined) return;
    this.failure = undefined;
    this.onTurn(undefined);
  }

  failed(error: WriterHubError): void {
    this.provedAt = -Infinity;
    if (this.failure !== undefined) return;
    this.failure = error;
    this.onTurn(error);
  }
}
