import { useState } from 'preact/hooks';
import { addressOf, errorOf } from '../api/api';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Field } from '../ui/field';
import { Icon } from '../ui/icon';
import { useConsole } from './console-context';
import { givenToken, whyNoToken } from './given-token';

interface Props {
  /** Why nobody is signed in. */
  readonly reason?: string;
  /** It is the reason why the token of a link was not taken. */
  readonly isOfLink?: boolean;
}

/** Asks for a token, which the server has to take, and says why there is none. */
export function SignIn({ reason, isOfLink = false }: Props) {
  const { session } = useConsole();
  const [token, setToken] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const [isAsking, setIsAsking] = useState(false);
  const submit = async (): Promise<void> => {
    const given = givenToken(token);
    setIsAsking(true);
    const refused = whyNoToken(given) ?? (await refusalOf(given));
    setIsAsking(false);
    setRefusal(refused);
    if (refused === undefined) session.signIn(given);
  };
  return (
    <main class="sign-in">
      <h1>
        <Icon name="brand" /> Writer hub
      </h1>
      {reason !== undefined && (
        <p class="notice" role="alert">
          {isOfLink ? 'The token of the link is not taken' : 'You were signed out'}: {reason}
        </p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label="Token" hint="A token, or the whole link that the server has printed." error={refusal}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={4}
              class="mono"
              spellcheck={false}
              autocomplete="off"
              autocapitalize="off"
              value={token}
              onInput={(event) => {
                setToken(event.currentTarget.value);
              }}
              onKeyDown={(event) => {
                // A token has one line, so that Enter means what it means in other fields.
                if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }}
            />
          )}
        </Field>
        <Button kind="primary" type="submit" isBusy={isAsking}>
          Sign in
        </Button>
      </form>
      <section class="sign-in-help">
        <h2>Where to find one</h2>
        <p>On the machine of the server, this opens the console signed in:</p>
        <CodeBlock text="npx writer-hub open" label="Command that opens the console" />
        <p>or this makes a token to paste here:</p>
        <CodeBlock text="npx writer-hub token --scope admin --expires 24h" label="Command that makes a token" />
      </section>
    </main>
  );
}

/** Why the server does not take a token; `undefined`: it does. */
async function refusalOf(token: string): Promise<string | undefined> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(addressOf(['topics'], { limit: 1 }), { headers, referrerPolicy: 'no-referrer' });
    return response.ok ? undefined : errorOf(response.status, await response.text()).message;
  } catch (error) {
    return error instanceof TypeError ? 'the server cannot be reached' : String(error);
  }
}
