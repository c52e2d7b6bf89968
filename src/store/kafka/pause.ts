import { setTimeout } from 'node:timers/promises';

/** Resolves after a time (milliseconds), or when `ending` is aborted. */
export async function pause(milliseconds: number, ending: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal: ending });
  } catch (error) {
    if (!ending.aborted) throw error;
  }
}
