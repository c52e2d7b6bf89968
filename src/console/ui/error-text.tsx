import { Button } from './button';

interface Props {
  readonly error: Error | undefined;
  readonly onRetry?: () => void;
}

/** An error in the words of whoever found it; nothing if there is none. */
export function ErrorText({ error, onRetry }: Props) {
  if (error === undefined) return null;
  return (
    <p class="error-text" role="alert">
      {error.message}
      {onRetry !== undefined && (
        <>
          {' '}
          <Button onClick={onRetry}>Try again</Button>
        </>
      )}
    </p>
  );
}
