import { Button } from '../../ui/button';
import { CodeBlock } from '../../ui/code-block';
import { Moment } from '../../ui/moment';
import type { MintedToken } from './tokens-api';

interface Props {
  readonly minted: MintedToken;
  readonly onDone: () => void;
}

/** A token that was just made: this once. */
export function NewToken({ minted: { token, tokenId, expiresAt, scopes }, onDone }: Props) {
  const address = new URL('topics', document.baseURI).href;
  return (
    <section class="card stack" aria-label="The new token">
      <h2>The new token</h2>
      <p class="notice">Copy it now: it is not shown again, and the server does not keep it.</p>
      <CodeBlock text={token} label="token" />
      <p class="muted">
        It may <code>{scopes.join('  ')}</code>, and{' '}
        {expiresAt === null ? (
          'lives until it is revoked'
        ) : (
          <>
            expires at <Moment at={expiresAt} />
          </>
        )}
        . With its id <code>{tokenId}</code> it can be revoked without having it.
      </p>
      <CodeBlock text={`export TOKEN=${token}\ncurl -s ${address} -H "Authorization: Bearer $TOKEN"`} label="command" />
      <div class="buttons">
        <Button onClick={onDone}>Done</Button>
      </div>
    </section>
  );
}
