import { useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { useLoaded } from '../../app/use-loaded';
import { ApiError } from '../../api/api-error';
import { MintForm } from './mint-form';
import { NewToken } from './new-token';
import { type MintedToken, tokensApi } from './tokens-api';
import { RevokeForm } from './revoke-form';
import { RevokedList } from './revoked-list';

/** Makes tokens and revokes them. */
export function TokensPage() {
  const { api } = useConsole();
  const [calls] = useState(() => tokensApi(api));
  const [minted, setMinted] = useState<MintedToken>();
  const revoked = useLoaded((signal) => calls.revoked(signal), [calls]);
  const mayNot = revoked.error instanceof ApiError && revoked.error.status === 403;
  return (
    <>
      <div>
        <h1>Tokens</h1>
        <p class="muted">A token says what its bearer may do. It is shown once, when it is made, and kept nowhere.</p>
      </div>
      {mayNot ? (
        <p class="notice">
          Making and revoking tokens needs one with the scope <code>admin</code>. On the machine of the server,{' '}
          <code>npx writer-hub token --scope admin</code> makes one; sign out here and in again with it.
        </p>
      ) : (
        <>
          {minted === undefined ? (
            <MintForm {...{ calls }} onMinted={setMinted} />
          ) : (
            <NewToken
              {...{ minted }}
              onDone={() => {
                setMinted(undefined);
              }}
            />
          )}
          <RevokeForm {...{ calls }} onRevoked={revoked.reload} />
          <RevokedList {...{ revoked }} />
        </>
      )}
    </>
  );
}
