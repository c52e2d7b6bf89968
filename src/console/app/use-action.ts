import { useState } from 'preact/hooks';

/** Something that is done once a button is pressed. */
export interface Action<Args extends readonly unknown[]> {
  readonly isBusy: boolean;
  readonly error: Error | undefined;
  run(...args: Args): void;
  /** Forgets the error. */
  clear(): void;
}

/** Runs it, once at a time, and keeps what goes wrong for those who show it. */
export function useAction<Args extends readonly unknown[]>(act: (...args: Args) => Promise<void>): Action<Args> {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<Error>();
  return {
    isBusy,
    error,
    run: (...args) => {
      setIsBusy(true);
      setError(undefined);
      act(...args)
        .catch((failure: unknown) => {
          setError(failure instanceof Error ? failure : new Error(String(failure)));
        })
        .finally(() => {
          setIsBusy(false);
        });
    },
    clear: () => {
      setError(undefined);
    },
  };
}
