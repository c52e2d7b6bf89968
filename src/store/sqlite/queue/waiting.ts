import type { WriterHubError } from '../../../errors';
import { OutcomeUnknown } from '../../contract/outcome-unknown';

/** A caller that waits for its write. */
export interface Waiting<Receipt = never> {
  resolve: (receipt: Receipt) => void;
  reject: (error: WriterHubError) => void;
}

/**
 * Tells a caller that nobody knows what became of its write. What is told from now on reaches whoever asks for the
 * outcome, which `findOut` has to find out first.
 */
export function tellUnknown(caller: Waiting, unknown: UnknownWrite): void {
  const { reject } = caller;
  const settled = new Promise<unknown>((resolve, reject) => Object.assign(caller, { resolve, reject }));
  settled.catch(() => undefined);
  const ask = async (): Promise<unknown> => {
    try {
      await unknown.findOut();
    } catch (cause) {
      throw new OutcomeUnknown(unknown.message, ask, cause);
    }
    return settled;
  };
  reject(new OutcomeUnknown(unknown.message, ask, unknown.cause));
}

/** A write of which nobody knows whether it was committed. */
export interface UnknownWrite {
  readonly message: string;
  readonly cause: unknown;
  /** Resolves when every caller has been told; rejects when it cannot be found out now. */
  findOut(): Promise<void>;
}
