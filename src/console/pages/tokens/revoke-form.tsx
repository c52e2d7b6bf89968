import { useState } from 'preact/hooks';
import { useAction } from '../../app/use-action';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { tokenIdOf } from './scope-choice';
import type { TokensApi } from './tokens-api';

interface Props {
  readonly calls: TokensApi;
  readonly onRevoked: () => void;
}

/** Revokes a token that is pasted, or whose id is. A pasted token is not sent: its id is read here. */
export function RevokeForm({ calls, onRevoked }: Props) {
  const [text, setText] = useState('');
  const [said, setSaid] = useState<string>();
  const revoke = useAction(async () => {
    setSaid(undefined);
    const found = tokenIdOf(text);
    if (found === undefined) throw new Error('this token has no id (jti), by which it could be revoked');
    await calls.revoke(found);
    setText('');
    setSaid(`${found.tokenId} is refused from now on, and its connections were closed.`);
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
      <div class="buttons">
        <Button type="submit" kind="danger" isBusy={revoke.isBusy} disabled={text.trim() === ''}>
          Revoke it
        </Button>
      </div>
    </form>
  );
}
