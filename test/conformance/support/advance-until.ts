import type { FakeClock } from '../../signalr/support/fake-clock';

/** Advances the clock a second at a time until something has happened. */
export async function advanceUntil<T>(clock: FakeClock, happening: Promise<T>): Promise<T> {
  const notYet = Symbol('not yet');
  for (;;) {
    clock.advance(1_000);
    const turn = new Promise((resolve) => setImmediate(resolve, notYet));
    if ((await Promise.race([happening, turn])) !== notYet) return happening;
  }
}
