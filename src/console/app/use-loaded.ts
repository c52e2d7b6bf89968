import { useCallback, useEffect, useState } from 'preact/hooks';

/** What a request gave. While it is repeated, the last value stays. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  /** Asks again. */
  readonly reload: () => void;
}

/** Asks when the component appears, and again when a dependency changes; a request that is overtaken is aborted. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, dependencies: readonly unknown[]): Loaded<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({
    value: undefined,
    error: undefined,
    isLoading: true,
  });
  useEffect(() => {
    const ending = new AbortController();
    // What was found last stays until something else is.
    setState((last) => ({ ...last, isLoading: true }));
    load(ending.signal).then(
      (value) => {
        if (!ending.signal.aborted) setState({ value, error: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (ending.signal.aborted) return;
        setState(({ value }) => ({
          value,
          error: error instanceof Error ? error : new Error(String(error)),
          isLoading: false,
        }));
      },
    );
    return () => {
      ending.abort();
    };
  }, [...dependencies, round]);
  const reload = useCallback(() => {
    setRound((count) => count + 1);
  }, []);
  return { ...state, reload };
}
