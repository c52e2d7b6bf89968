/** The server's only source of time, so that a test can turn it by hand. */
export interface Clock {
  /** Milliseconds on a scale that never jumps. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  date(): number;
  /** Calls `action` every so many milliseconds until the returned function is called. */
  every(milliseconds: number, action: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  every(milliseconds, action) {
    const timer = setInterval(action, milliseconds).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
