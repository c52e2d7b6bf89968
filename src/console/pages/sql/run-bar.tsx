import type { ComponentChildren } from 'preact';
import { formatCount } from '../../exact/numbers';
import { Button } from '../../ui/button';

/** How many rows may be shown. */
const LIMITS = [100, 1000, 10_000];

interface Props {
  readonly limit: number;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  readonly onLimit: (rows: number) => void;
  readonly children: ComponentChildren;
}

/** What is done with the query. */
export function RunBar({ limit, isRunning, onRun, onCancel, onLimit, children }: Props) {
  return (
    <div class="run-bar">
      {isRunning ? (
        <Button onClick={onCancel}>Cancel</Button>
      ) : (
        <Button kind="primary" onClick={onRun}>
          Run <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'} ↵</kbd>
        </Button>
      )}
      <label class="run-limit">
        Show the first{' '}
        <select
          value={limit}
          onChange={({ currentTarget }) => {
            onLimit(Number(currentTarget.value));
          }}
        >
          {[...new Set([...LIMITS, limit])].map((rows) => (
            <option key={rows} value={rows}>
              {formatCount(rows)}
            </option>
          ))}
        </select>{' '}
        rows
      </label>
      <p class="run-state" role="status">
        {isRunning ? 'Running…' : ''}
      </p>
      {children}
    </div>
  );
}
