import { useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { claimsOf } from '../../app/token-claims';
import { useAction } from '../../app/use-action';
import { excerptOf } from '../../exact/excerpt';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { type RevocableToken, tokenIdOf } from './scope-choice';
import type { TokensApi } from './tokens-api';

/** Characters of an id that are repeated. */
const SHOWN = 100;

interface Props {
  readonly calls: TokensApi;
  readonly onRevoked: () => void;
}

/** Revokes a token that is pasted, or whose id is. A pasted token is not sent: its id is read here. */
export function RevokeForm({ calls, onRevoked }: Props) {
  const { session } = useConsole();
  const [text, setText] = useState('');
  const [said, setSaid] = useState<string>();
  const [own, setOwn] = useState<RevocableToken>();
  const revoke = useAction(async (confirmed?: RevocableToken) => {
    setSaid(undefined);
    setOwn(undefined);
    const found = confirmed ?? tokenIdOf(text);
    if (confirmed === undefined && found.tokenId === claimsOf(session.token ?? '').jti) {
      setOwn(found);
      return;
    }
    await calls.revoke(found);
    setText('');
    setSaid(`${excerptOf(found.tokenId, SHOWN)} is refused from now on, and its connections were closed.`);
    onRevoked();
  });
  return (
    <form
      class="card stack"
      aria-label="Revoke a token"
      onSubmit={(event) => {
        event.preventDefault();
        revoke.run();
      }}
    >
      <h2>Revoke a token</h2>
      <Field label="The token, or its id" error={revoke.error?.message}>
        {(attributes) => (
          <input
            {...attributes}
            required
            class="mono"
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
            }}
          />
        )}
      </Field>
      <p role="status">{said}</p>
      {own !== undefined && (
        <Dialog
          title="Revoke the token that you are signed in with?"
          onClose={() => {
            setOwn(undefined);
          }}
        >
          <p>This console, and all else that uses it, is signed out at once. It cannot be undone.</p>
          <div class="buttons">
            <Button
              kind="danger"
              onClick={() => {
                revoke.run(own);
              }}
            >
              Revoke it and sign out
            </Button>
            <Button
              onClick={() => {
                setOwn(undefined);
              }}
            >
              Keep it
            </Button>
          </div>
        </Dialog>
      )}
      <div class="buttons">
        <Button type="submit" kind="danger" isBusy={revoke.isBusy} disabled={text.trim() === ''}>
          Revoke it
        </Button>
      </div>
    </form>
  );
}
