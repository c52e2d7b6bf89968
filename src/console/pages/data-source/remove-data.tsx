import { useState } from 'preact/hooks';
import { goFromHere, href } from '../../app/router';
import { useAction } from '../../app/use-action';
import { formatNumberOf } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import type { PanelProps } from './panel-props';

/** What may be removed, each with what is lost. */
interface Removal {
  readonly title: string;
  readonly explanation: string;
  readonly button: string;
  readonly run: () => Promise<void>;
}

/** Removes rows, the quarantine or the whole data source, once its name has been typed. */
export function RemoveData({ name, status, calls, onChanged }: PanelProps) {
  const [asked, setAsked] = useState<Removal>();
  const [said, setSaid] = useState<string>();
  const removals: readonly Removal[] = [
    {
      title: 'Remove all rows',
      explanation: `${goes(status.statistics.row_count)} for good. The schema and the quarantine stay.`,
      button: 'Remove all rows',
      run: async () => {
        await calls.truncate(name);
        setSaid('All rows were removed.');
      },
    },
    {
      title: 'Empty the quarantine',
      explanation: `${goes(status.quarantine_rows)} for good; there is no other copy of what did not fit here.`,
      button: 'Empty the quarantine',
      run: async () => {
        await calls.truncate(`${name}_quarantine`);
        setSaid('The quarantine was emptied.');
      },
    },
    {
      title: 'Delete the data source',
      explanation: 'Rows, quarantine and schema go for good, and who sends to it makes a new one or is refused.',
      button: 'Delete the data source',
      run: async () => {
        const go = goFromHere();
        await calls.remove(name);
        go(href(['data-sources']));
      },
    },
  ];
  return (
    <section aria-label="Remove" class="stack">
      <p role="status">{said}</p>
      {removals.map((removal) => (
        <div key={removal.title} class="card removal">
          <div>
            <h2>{removal.title}</h2>
            <p class="muted">{removal.explanation}</p>
          </div>
          <Button
            kind="danger"
            onClick={() => {
              setSaid(undefined);
              setAsked(removal);
            }}
          >
            {removal.button}…
          </Button>
        </div>
      ))}
      {asked !== undefined && (
        <Confirmation
          {...{ name }}
          removal={asked}
          onClose={() => {
            setAsked(undefined);
          }}
          onDone={() => {
            setAsked(undefined);
            onChanged();
          }}
        />
      )}
    </section>
  );
}

interface ConfirmationProps {
  readonly name: string;
  readonly removal: Removal;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Confirmation({ name, removal, onClose, onDone }: ConfirmationProps) {
  const [typed, setTyped] = useState('');
  const remove = useAction(async () => {
    await removal.run();
    onDone();
  });
  return (
    <Dialog title={removal.title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name) remove.run();
        }}
      >
        <p>{removal.explanation}</p>
        <Field label={`Type ${name} to confirm`} error={remove.error?.message}>
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="off"
              spellcheck={false}
              value={typed}
              onInput={({ currentTarget }) => {
                setTyped(currentTarget.value);
              }}
            />
          )}
        </Field>
        <div class="buttons">
          <Button type="submit" kind="danger" disabled={typed !== name} isBusy={remove.isBusy}>
            {removal.button}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}

function goes(rows: number): string {
  return `${formatNumberOf(rows, 'row')} ${rows === 1 ? 'goes' : 'go'}`;
}
