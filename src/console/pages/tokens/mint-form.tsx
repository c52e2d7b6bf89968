import { useState } from 'preact/hooks';
import { useAction } from '../../app/use-action';
import { Button } from '../../ui/button';
import { ErrorText } from '../../ui/error-text';
import { Field } from '../../ui/field';
import { type ScopeChoice, scopesOf, type TopicChoice } from './scope-choice';
import { ScopeBoxes } from './scope-boxes';
import type { MintedToken, TokensApi } from './tokens-api';

/** How long a token may live, by what the server takes for it. */
const LIFETIMES: readonly (readonly [text: string, name: string])[] = [
  ['1h', 'one hour'],
  ['24h', 'one day'],
  ['7d', 'seven days'],
  ['30d', 'thirty days'],
  ['365d', 'one year'],
  ['never', 'for ever, until it is revoked'],
];

const ALL_TOPICS: TopicChoice = { topic: '*', append: true, read: true, drop: false };

/** What the server has against a subject. */
const SUBJECT_FAULT = /^subject: (.*)/s;

interface Props {
  readonly calls: TokensApi;
  readonly onMinted: (token: MintedToken) => void;
}

/** What a new token may do, for how long and whose it is. */
export function MintForm({ calls, onMinted }: Props) {
  const [choice, setChoice] = useState<ScopeChoice>({ admin: false, create: false, topics: [ALL_TOPICS] });
  const [expires, setExpires] = useState('30d');
  const [subject, setSubject] = useState('');
  const scopes = scopesOf(choice);
  const mint = useAction(async () => {
    onMinted(await calls.mint({ scopes, expires, ...(subject !== '' && { subject }) }));
  });
  const ofSubject = mint.error === undefined ? undefined : SUBJECT_FAULT.exec(mint.error.message)?.[1];
  return (
    <form
      class="card stack"
      aria-label="Make a token"
      onSubmit={(event) => {
        event.preventDefault();
        mint.run();
      }}
    >
      <h2>Make a token</h2>
      <ScopeBoxes {...{ choice }} onChange={setChoice} />
      <div class="mint-fields">
        <Field label="It lives">
          {(attributes) => (
            <select
              {...attributes}
              value={expires}
              onChange={({ currentTarget }) => {
                setExpires(currentTarget.value);
              }}
            >
              {LIFETIMES.map(([text, name]) => (
                <option key={text} value={text}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Subject"
          error={ofSubject}
          hint="Whose it is: tokens of one subject share what all callers share, and idempotency keys."
        >
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="off"
              maxLength={300}
              value={subject}
              onInput={({ currentTarget }) => {
                setSubject(currentTarget.value);
              }}
            />
          )}
        </Field>
      </div>
      <p class="muted scopes-line">{scopes.length === 0 ? 'Tick what it may do.' : <code>{scopes.join('  ')}</code>}</p>
      {ofSubject === undefined && <ErrorText error={mint.error} />}
      <div class="buttons">
        <Button type="submit" kind="primary" isBusy={mint.isBusy} disabled={scopes.length === 0}>
          Make the token
        </Button>
      </div>
    </form>
  );
}
