import { formatAgo } from '../../exact/numbers';
import { Button } from '../../ui/button';
import type { PastQuery } from './history';

interface Props {
  readonly past: readonly PastQuery[];
  readonly onChoose: (query: string) => void;
  readonly onClear: () => void;
}

/** The last queries that were run in this browser. */
export function HistoryList({ past, onChoose, onClear }: Props) {
  if (past.length === 0) return null;
  const now = Date.now();
  return (
    <details class="sql-history">
      <summary>Last queries</summary>
      <ol>
        {past.map(({ query, at }) => (
          <li key={query}>
            <button
              type="button"
              class="link-button mono"
              onClick={() => {
                onChoose(query);
              }}
            >
              {query}
            </button>
            <span class="muted numbers">{formatAgo(at, now)}</span>
          </li>
        ))}
      </ol>
      <p class="muted">They are kept in this browser alone.</p>
      <Button onClick={onClear}>Forget them</Button>
    </details>
  );
}
