import { useState } from 'preact/hooks';
import { ApiError } from '../../api/api-error';
import { useConsole } from '../../app/console-context';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import type { TopicState } from '../topics/topic-state';

interface Props {
  readonly topic: TopicState;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

/** Says how long a topic keeps what it holds; asks again where that would empty it at once. */
export function RetentionDialog({ topic, onClose, onChanged }: Props) {
  const { api } = useConsole();
  const [age, setAge] = useState(topic.retention.age ?? '');
  const [bytes, setBytes] = useState(topic.retention.bytes === null ? '' : String(topic.retention.bytes));
  const [refusal, setRefusal] = useState<ApiError>();
  const [isBusy, setIsBusy] = useState(false);
  const wouldEmpty = refusal?.code === 'confirmation_required';
  const save = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const body = { retention: { age: age.trim() === '' ? null : age.trim(), bytes: bytesOf(bytes) } };
      await api.put(['topics', topic.name], { body, query: { confirm: wouldEmpty ? true : undefined } });
      onChanged();
      onClose();
    } catch (error) {
      setRefusal(error instanceof ApiError ? error : new ApiError(String(error), { status: 0, code: 'failed' }));
    }
    setIsBusy(false);
  };
  const errorAt = (field: 'age' | 'bytes'): string | undefined =>
    refusal === undefined || wouldEmpty || refusal.message.includes('bytes') !== (field === 'bytes')
      ? undefined
      : refusal.message;
  const change =
    (set: (value: string) => void) =>
    (event: { readonly currentTarget: HTMLInputElement }): void => {
      set(event.currentTarget.value);
      // What was confirmed was another retention.
      setRefusal(undefined);
    };
  return (
    <Dialog title="How long the topic keeps what it holds" onClose={onClose}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label="Age"
          error={errorAt('age')}
          hint="Such as 24h or 7d, since it was stored; never: for ever; empty: the server’s default."
        >
          {(attributes) => <input {...attributes} spellcheck={false} value={age} onInput={change(setAge)} />}
        </Field>
        <Field
          label="Bytes"
          error={errorAt('bytes')}
          hint="Of text, about; 0: any number; empty: the server’s default."
        >
          {(attributes) => <input {...attributes} inputMode="numeric" value={bytes} onInput={change(setBytes)} />}
        </Field>
        {wouldEmpty && (
          <p class="notice" role="alert">
            {refusal.message}. Save again if that is meant.
          </p>
        )}
        <div class="buttons">
          <Button kind={wouldEmpty ? 'danger' : 'primary'} type="submit" isBusy={isBusy}>
            {wouldEmpty ? 'Empty the topic and save' : 'Save'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A number as the server takes it; anything else goes to it as it is, to be refused in its words. */
function bytesOf(text: string): number | string | null {
  const digits = text.replaceAll(/[\s_,]/g, '');
  if (digits === '') return null;
  return /^\d+$/.test(digits) ? Number(digits) : text;
}
