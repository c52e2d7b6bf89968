import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { type QueryResult, runQuery } from './run-query';

/** What has become of the query in the address. */
export interface QueryOutcome {
  readonly result: QueryResult | undefined;
  readonly error: Error | undefined;
  readonly isRunning: boolean;
  /** Seconds after which it was given up; `undefined`: it was not. */
  readonly cancelledAfter: number | undefined;
  /** Runs it once more. */
  again(): void;
  /** Gives it up, here and at the server. */
  cancel(): void;
}

type State = Omit<QueryOutcome, 'again' | 'cancel'>;

const NOTHING: State = { result: undefined, error: undefined, isRunning: false, cancelledAfter: undefined };

/** Runs a query when it, or the number of rows to keep, changes. The last result stays until there is another. */
export function useQuery(query: string, limit: number): QueryOutcome {
  const { api } = useConsole();
  const [state, setState] = useState(NOTHING);
  const [round, setRound] = useState(0);
  /** When it was begun, in milliseconds that grow. */
  const started = useRef(0);
  const ending = useRef<AbortController | undefined>(undefined);
  useEffect(() => {
    if (query === '') {
      setState(NOTHING);
      return undefined;
    }
    const controller = new AbortController();
    ending.current = controller;
    started.current = performance.now();
    setState(({ result }) => ({ ...NOTHING, result, isRunning: true }));
    runQuery(api, query, limit, controller.signal).then(
      (result) => {
        if (ending.current === controller) setState({ ...NOTHING, result });
      },
      (error: unknown) => {
        if (ending.current !== controller) return;
        const failure = error instanceof Error ? error : new Error(String(error));
        setState({ ...NOTHING, error: failure });
      },
    );
    return () => {
      ending.current = undefined;
      controller.abort();
    };
  }, [api, query, limit, round]);
  return {
    ...state,
    again: useCallback(() => {
      setRound((count) => count + 1);
    }, []),
    cancel: useCallback(() => {
      ending.current?.abort();
      ending.current = undefined;
      const cancelledAfter = (performance.now() - started.current) / 1000;
      setState(({ result }) => ({ ...NOTHING, result, cancelledAfter }));
    }, []),
  };
}
