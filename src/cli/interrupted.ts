import { constants } from 'node:os';
import type { EndSignal, Surroundings } from './surroundings';

/** A signal has ended a command, which has cleaned up behind itself. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** 130 for SIGINT, 143 for SIGTERM. */
  readonly exitCode: number;

  constructor(signal: EndSignal) {
    super('interrupted');
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** A signal that is aborted, with an `Interrupted` for its reason, when the command is to end. */
export function untilInterrupted(surroundings: Pick<Surroundings, 'once'>): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    surroundings.once(signal, () => {
      controller.abort(new Interrupted(signal));
    });
  }
  return controller.signal;
}
