import { useState } from 'preact/hooks';
import { addressOf, errorOf } from '../api/api';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Field } from '../ui/field';
import { Icon } from '../ui/icon';
import { useConsole } from './console-context';

/** Asks for a token, which the server has to take, and says why there is none. */
export function SignIn({ reason }: { readonly reason: string | undefined }) {
  const { session } = useConsole();
  const [token, setToken] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const [isAsking, setIsAsking] = useState(false);
  const submit = async (): Promise<void> => {
    const given = token.trim();
    setIsAsking(true);
    const refused = given === '' ? 'paste a token' : await refusalOf(given);
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
          You were signed out: {reason}
        </p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label="Token" error={refusal}>
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
    // A header takes no other characters.
    if (/[^\x21-\x7e]/.test(token)) return 'this is no token: it has characters that none has';
    return error instanceof TypeError ? 'the server cannot be reached' : String(error);
  }
}
