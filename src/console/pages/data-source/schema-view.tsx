import { useState } from 'preact/hooks';
import { useAction } from '../../app/use-action';
import { useLoaded } from '../../app/use-loaded';
import { href } from '../../app/router';
import { formatCount, formatNumberOf } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { CodeBlock } from '../../ui/code-block';
import { ErrorText } from '../../ui/error-text';
import { Field } from '../../ui/field';
import { type Column, Table } from '../../ui/table';
import type { PushAnswer } from './data-source-api';
import type { PanelProps } from './panel-props';
import type { ColumnInfo } from './raw-row';

const COLUMNS: readonly Column<ColumnInfo>[] = [
  { title: 'Column', cell: ({ name }) => <strong>{name}</strong> },
  { title: 'Type', cell: ({ type }) => <code>{type}</code> },
  { title: 'Of the row', cell: ({ jsonpath }) => <code>{jsonpath}</code> },
  { title: 'If it is missing', cell: ({ nullable, default_value: standIn }) => whenMissing(nullable, standIn) },
  { title: '', cell: ({ inferred }) => (inferred === true ? <span class="muted">inferred</span> : '') },
];

/** The columns of a data source, its file with the settings of its engine, and a form that changes it. */
export function SchemaView({ name, status, calls, onChanged }: PanelProps) {
  const file = useLoaded((signal) => calls.file(name, signal), [calls, name, status.updated_at]);
  const [isEdited, setIsEdited] = useState(false);
  const [answer, setAnswer] = useState<PushAnswer>();
  return (
    <section aria-label="Schema" class="stack">
      <Table label={`Columns of ${name}`} columns={COLUMNS} rows={status.columns} keyOf={(column) => column.name} />
      {status.unknown_fields.length > 0 && (
        <p class="notice">
          Rows have fields that no column takes: {status.unknown_fields.join(', ')}. They are kept in <code>_rest</code>
          ; add columns for them below.
        </p>
      )}
      <ErrorText error={file.error} onRetry={file.reload} />
      {answer !== undefined && <Pushed {...{ name, answer }} />}
      {file.value !== undefined &&
        (isEdited ? (
          <SchemaForm
            {...{ name, calls }}
            text={file.value}
            onPushed={(pushed) => {
              setAnswer(pushed);
              setIsEdited(false);
              file.reload();
              onChanged();
            }}
            onCancel={() => {
              setIsEdited(false);
            }}
          />
        ) : (
          <>
            <h2>The .datasource file</h2>
            <CodeBlock text={file.value} label="schema" />
            <div class="buttons">
              <Button
                onClick={() => {
                  setAnswer(undefined);
                  setIsEdited(true);
                }}
              >
                Change the schema
              </Button>
            </div>
          </>
        ))}
    </section>
  );
}

interface SchemaFormProps extends Pick<PanelProps, 'name' | 'calls'> {
  readonly text: string;
  readonly onPushed: (answer: PushAnswer) => void;
  readonly onCancel: () => void;
}

function SchemaForm({ name, calls, text, onPushed, onCancel }: SchemaFormProps) {
  const [schema, setSchema] = useState(text);
  const push = useAction(async () => {
    onPushed(await calls.push(name, schema));
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        push.run();
      }}
    >
      <Field
        label="The .datasource file"
        hint="New columns are added, and a column gets another type if every value that is stored fits it. None is removed."
        error={push.error?.message}
      >
        {(attributes) => (
          <textarea
            {...attributes}
            class="mono"
            rows={Math.min(30, schema.split('\n').length + 3)}
            spellcheck={false}
            value={schema}
            onInput={({ currentTarget }) => {
              setSchema(currentTarget.value);
            }}
          />
        )}
      </Field>
      <div class="buttons">
        <Button type="submit" kind="primary" isBusy={push.isBusy}>
          Change it
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

/** What a changed schema has done, and what may follow from it. */
function Pushed({ name, answer }: { readonly name: string; readonly answer: PushAnswer }) {
  const { added_columns: added, quarantine_rows: waiting = 0, warnings = [] } = answer;
  return (
    <div class="notice" role="status">
      <p>The schema was changed{added.length > 0 && `, and has ${formatCount(added.length)} more columns`}.</p>
      {waiting > 0 && (
        <p>
          {formatNumberOf(waiting, 'row')} in the quarantine may fit now:{' '}
          <a href={href(['data-sources', name], { tab: 'quarantine' })}>replay them</a>.
        </p>
      )}
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}

function whenMissing(nullable: boolean, standIn: string | null) {
  if (standIn !== null) return <code>{standIn}</code>;
  return nullable ? <code>NULL</code> : <span class="muted">to the quarantine</span>;
}
