import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { Button } from '../../ui/button';
import { csvFile, formattedFile, save } from './download';

/** Formats of files that the server makes, where it has them. */
const SERVER_FORMATS = [{ format: 'Parquet', ending: 'parquet' }] as const;

interface Props {
  readonly query: string;
  /** Those of the server. */
  readonly formats: readonly string[];
}

/** Runs the query once more and saves all of its rows as a file. */
export function Downloads({ query, formats }: Props) {
  const { api } = useConsole();
  const [error, setError] = useState<Error>();
  const [isBusy, setIsBusy] = useState(false);
  const ending = useRef<AbortController | undefined>(undefined);
  useEffect(
    () => () => {
      ending.current?.abort();
    },
    [],
  );
  const download = (make: (signal: AbortSignal) => Promise<Blob>, name: string): void => {
    const controller = new AbortController();
    ending.current = controller;
    setIsBusy(true);
    setError(undefined);
    make(controller.signal)
      .then((file) => {
        save(file, name);
      })
      .catch((failure: unknown) => {
        if (!controller.signal.aborted) setError(failure instanceof Error ? failure : new Error(String(failure)));
      })
      .finally(() => {
        setIsBusy(false);
      });
  };
  const isEmpty = query.trim() === '';
  if (isBusy) {
    return (
      <Button
        onClick={() => {
          ending.current?.abort();
        }}
      >
        Stop the download
      </Button>
    );
  }
  return (
    <>
      <Button
        disabled={isEmpty}
        onClick={() => {
          download((signal) => csvFile(api, query, signal), 'result.csv');
        }}
      >
        Download CSV
      </Button>
      {SERVER_FORMATS.filter(({ format }) => formats.includes(format)).map(({ format, ending: extension }) => (
        <Button
          key={format}
          disabled={isEmpty}
          onClick={() => {
            download((signal) => formattedFile(api, { query, format }, signal), `result.${extension}`);
          }}
        >
          {`Download ${format}`}
        </Button>
      ))}
      {error !== undefined && (
        <p class="error-text" role="alert">
          {error.message}
        </p>
      )}
    </>
  );
}
