import { useState } from 'preact/hooks';
import { useAction } from '../../app/use-action';
import { Button } from '../../ui/button';
import { ErrorText } from '../../ui/error-text';
import { Field } from '../../ui/field';
import type { DataSourceApi } from './data-source-api';
import { faultAt, faultsOf, type QuarantinedRow, type RowFault } from './quarantined';
import {
  type ColumnInfo,
  type ExactObject,
  inputText,
  inputValue,
  keysOf,
  parseRow,
  renderRow,
  valueAt,
  withValue,
} from './raw-row';

interface Props {
  readonly name: string;
  readonly row: QuarantinedRow;
  readonly columns: readonly ColumnInfo[];
  readonly calls: DataSourceApi;
  readonly onStored: () => void;
  readonly onCancel: () => void;
}

/** A quarantined row, with a field for each column, or as text; what is wrong stands at its field. */
export function MendForm({ name, row, columns, calls, onStored, onCancel }: Props) {
  const [text, setText] = useState(row.raw);
  const [faults, setFaults] = useState(row.faults);
  const [isText, setIsText] = useState(parseRow(row.raw) === undefined);
  const parsed = parseRow(text);
  const store = useAction(async () => {
    const answer = await calls.mend(name, row.offset, text);
    if (answer.successful_rows > 0) onStored();
    else setFaults(faultsOf(answer));
  });
  return (
    <form
      class="mend-form"
      aria-label={`Fix row ${row.offset}`}
      onSubmit={(event) => {
        event.preventDefault();
        store.run();
      }}
    >
      {isText || parsed === undefined ? (
        <Field label="The row, a JSON object" error={faults.map(faultText).join('\n') || undefined}>
          {(attributes) => (
            <textarea
              {...attributes}
              class="mono"
              rows={Math.min(16, text.split('\n').length + 3)}
              spellcheck={false}
              value={text}
              onInput={({ currentTarget }) => {
                setText(currentTarget.value);
              }}
            />
          )}
        </Field>
      ) : (
        <Fields
          {...{ columns, faults }}
          row={parsed}
          onChange={(changed) => {
            setText(renderRow(changed));
          }}
        />
      )}
      <ErrorText error={store.error} />
      <div class="buttons">
        <Button type="submit" kind="primary" isBusy={store.isBusy}>
          Store it
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          disabled={parsed === undefined}
          onClick={() => {
            setIsText(!isText);
          }}
        >
          {isText || parsed === undefined ? 'Edit the fields' : 'Edit the text'}
        </Button>
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly row: ExactObject;
  readonly columns: readonly ColumnInfo[];
  readonly faults: readonly RowFault[];
  readonly onChange: (row: ExactObject) => void;
}

function Fields({ row, columns, faults, onChange }: FieldsProps) {
  const shown = columns.map((column) => ({ column, keys: keysOf(column) }));
  // What is wrong comes first.
  const ordered = [...shown].sort((a, b) => rank(a.column, faults) - rank(b.column, faults));
  const others = faults.filter(
    ({ column }) => !shown.some((one) => one.keys !== undefined && one.column.name === column),
  );
  return (
    <>
      {others.length > 0 && (
        <p class="field-error" role="alert">
          {others.map(faultText).join('; ')}
        </p>
      )}
      <div class="mend-fields">
        {ordered.map(
          ({ column, keys }) =>
            keys !== undefined && <ColumnField key={column.name} {...{ row, column, keys, faults, onChange }} />,
        )}
      </div>
    </>
  );
}

function ColumnField({
  row,
  column,
  keys,
  faults,
  onChange,
}: Omit<FieldsProps, 'columns'> & { readonly column: ColumnInfo; readonly keys: readonly string[] }) {
  const value = valueAt(row, keys);
  const isThere = value !== undefined;
  // What is typed stays as it is, whatever value it means at that moment.
  const [typed, setTyped] = useState(() => inputText(value, column));
  const change = (text: string): void => {
    setTyped(text);
    onChange(withValue(row, keys, inputValue(text, column)));
  };
  return (
    <div class="mend-field">
      <Field label={column.name} hint={hintOf(column)} error={faultAt(faults, column)}>
        {(attributes) => (
          <input
            {...attributes}
            class="mono"
            spellcheck={false}
            autocomplete="off"
            value={isThere ? typed : ''}
            placeholder={isThere ? '' : 'left out'}
            onInput={({ currentTarget }) => {
              change(currentTarget.value);
            }}
          />
        )}
      </Field>
      <label class="mend-leave-out">
        <input
          type="checkbox"
          checked={!isThere}
          onChange={({ currentTarget }) => {
            if (currentTarget.checked) onChange(withValue(row, keys, undefined));
            else change(typed);
          }}
        />{' '}
        leave out<span class="visually-hidden"> {column.name}</span>
      </label>
    </div>
  );
}

function hintOf({ type, default_value: standIn }: ColumnInfo): string {
  return standIn === null ? type : `${type}, ${standIn} if left out`;
}

function rank(column: ColumnInfo, faults: readonly RowFault[]): number {
  return faultAt(faults, column) === undefined ? 1 : 0;
}

function faultText({ column, reason }: RowFault): string {
  return column === '' ? reason : `${column}: ${reason}`;
}
