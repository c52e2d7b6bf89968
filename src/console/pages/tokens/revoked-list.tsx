import type { Loaded } from '../../app/use-loaded';
import { formatCount } from '../../exact/numbers';
import { ErrorText } from '../../ui/error-text';
import { Moment } from '../../ui/moment';
import { type Column, Table } from '../../ui/table';
import type { RevokedToken, RevokedTokens } from './tokens-api';

const COLUMNS: readonly Column<RevokedToken>[] = [
  { title: 'Id of the token', cell: ({ tokenId }) => <code>{tokenId}</code> },
  {
    title: 'Remembered until',
    cell: ({ until }) => (until === null ? 'for ever' : <Moment at={until} />),
  },
];

/** Tokens that were revoked and have not expired. */
export function RevokedList({ revoked: { value, error, reload } }: { readonly revoked: Loaded<RevokedTokens> }) {
  if (error !== undefined) return <ErrorText error={error} onRetry={reload} />;
  if (value === undefined || value.count === 0) return null;
  return (
    <section class="stack" aria-label="Revoked tokens">
      <h2>Revoked tokens</h2>
      <p class="muted">
        {value.count > value.revoked.length
          ? `The latest ${formatCount(value.revoked.length)} of ${formatCount(value.count)}.`
          : 'They are listed until they would have expired anyway.'}
      </p>
      <Table label="Revoked tokens" columns={COLUMNS} rows={value.revoked} keyOf={({ tokenId }) => tokenId} />
    </section>
  );
}
