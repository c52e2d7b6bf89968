import { useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { goFromHere, href } from '../../app/router';
import { formatNumberOf } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { ErrorText } from '../../ui/error-text';
import { Field } from '../../ui/field';
import { recordCount, type TopicState } from '../topics/topic-state';

interface Props {
  readonly topic: TopicState;
  readonly onClose: () => void;
}

/** Deletes a topic once its name has been typed: what it holds cannot be had back. */
export function DeleteTopic({ topic, onClose }: Props) {
  const { api } = useConsole();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<Error>();
  const [isBusy, setIsBusy] = useState(false);
  const remove = async (): Promise<void> => {
    const go = goFromHere();
    setIsBusy(true);
    try {
      await api.del(['topics', topic.name]);
      go(href(['topics']));
    } catch (refusal) {
      setError(refusal as Error);
      setIsBusy(false);
    }
  };
  return (
    <Dialog title="Delete this topic?" onClose={onClose}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === topic.name) void remove();
        }}
      >
        <p>
          {formatNumberOf(recordCount(topic), 'event')} and {formatNumberOf(topic.streams ?? 0, 'stream')} are removed,
          and cannot be had back. Who goes on sending makes the topic anew.
        </p>
        <Field
          label={
            <>
              Type <strong class="mono">{topic.name}</strong> to go on
            </>
          }
        >
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="off"
              spellcheck={false}
              value={typed}
              onInput={(event) => {
                setTyped(event.currentTarget.value);
              }}
            />
          )}
        </Field>
        <ErrorText error={error} />
        <div class="buttons">
          <Button kind="danger" type="submit" isBusy={isBusy} disabled={typed !== topic.name}>
            Delete the topic
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}
