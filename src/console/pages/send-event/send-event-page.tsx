import { useState } from 'preact/hooks';
import { ApiError } from '../../api/api-error';
import { useConsole } from '../../app/console-context';
import type { PageProps } from '../../app/page-route';
import { href, setQuery } from '../../app/router';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { errorsByField, type EventInput, type FormErrors, toEvent } from './event-form';
import { TagFields } from './tag-fields';
import { TimestampField } from './timestamp-field';

/** Where the last event was stored, and how many were sent from this form. */
interface Sent {
  readonly topic: string;
  readonly streamId: string;
  readonly count: number;
}

const FIRST: EventInput = { id: 'Alert', timestamp: '', value: '', tags: [] };

/** A form that sends an event, and says at each field what the server has against it. */
export function SendEventPage({ query }: PageProps) {
  const { api } = useConsole();
  const [topic, setTopic] = useState(query.get('topic') ?? '');
  const [streamId, setStreamId] = useState(query.get('stream') ?? 'demo');
  const [input, setInput] = useState(FIRST);
  const [errors, setErrors] = useState<FormErrors>({});
  const [sent, setSent] = useState<Sent>();
  const [isBusy, setIsBusy] = useState(false);
  const send = async (): Promise<void> => {
    const given = toEvent(topic, streamId, input, Date.now());
    setSent(undefined);
    setErrors(given.errors);
    if (given.event === undefined) return;
    setIsBusy(true);
    try {
      await api.post(['topics', topic, 'streams', streamId, 'events', 'data'], { body: [given.event] });
      setSent({ topic, streamId, count: (sent?.count ?? 0) + 1 });
      setQuery({ topic, stream: streamId });
    } catch (error) {
      setErrors(error instanceof ApiError ? errorsByField(error) : { form: String(error) });
    }
    setIsBusy(false);
  };
  const change = (changes: Partial<EventInput>): void => {
    setInput((last) => ({ ...last, ...changes }));
  };
  return (
    <>
      <h1>Send an event</h1>
      <form
        class="card event-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div class="field-row">
          <TextField label="Topic" value={topic} error={errors.topic} onChange={setTopic} />
          <TextField label="Stream" value={streamId} error={errors.streamId} onChange={setStreamId} />
        </div>
        <TextField
          label="Id"
          hint="What kind of event it is; ids repeat."
          value={input.id}
          error={errors.id}
          onChange={(id) => {
            change({ id });
          }}
        />
        <TimestampField
          value={input.timestamp}
          error={errors.timestamp}
          onChange={(timestamp) => {
            change({ timestamp });
          }}
        />
        <Field label="Value" hint="Any text; optional." error={errors.value}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={3}
              value={input.value}
              onInput={(event) => {
                change({ value: event.currentTarget.value });
              }}
            />
          )}
        </Field>
        <TagFields
          tags={input.tags}
          error={errors.tags}
          onChange={(tags) => {
            change({ tags });
          }}
        />
        {errors.form !== undefined && (
          <p class="error-text" role="alert">
            {errors.form}
          </p>
        )}
        <div class="buttons event-form-end">
          <Button kind="primary" type="submit" isBusy={isBusy}>
            Send
          </Button>
          <p role="status" class="success-text">
            {sent !== undefined && (
              <>
                Stored on disk in{' '}
                <a href={href(['topics', sent.topic, 'streams', sent.streamId])}>
                  {sent.topic} / {sent.streamId}
                </a>
              </>
            )}
          </p>
        </div>
      </form>
    </>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function TextField({ label, hint, value, error, onChange }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          spellcheck={false}
          autocomplete="off"
          value={value}
          onInput={(event) => {
            onChange(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}
