import { useMemo, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { goFromHere, href, setQuery, useRoute } from '../../app/router';
import { useAction } from '../../app/use-action';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Tabs } from '../../ui/tabs';
import { ApiError } from '../../api/api-error';
import { type DataSourceApi, dataSourceApi } from '../data-source/data-source-api';

/** A way to make a data source. */
interface Way {
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
  /** Makes it; the address of what is to be looked at then. */
  readonly create: (calls: DataSourceApi, name: string, text: string) => Promise<string>;
}

const WAYS: Readonly<Record<'rows' | 'schema', Way>> = {
  rows: {
    label: 'One row, or more: a JSON object a line',
    hint: 'The columns are inferred from them, and the rows are stored. Fewer than ten rows do not show which fields are always there.',
    placeholder: '{"time": "2026-04-05 00:05:38", "city": "Chicago", "visitors": 12}',
    create: async (calls, name, text) => {
      const { quarantined_rows: quarantined } = await calls.sendRows(name, text);
      return href(['data-sources', name], { tab: quarantined > 0 ? 'quarantine' : undefined });
    },
  },
  schema: {
    label: 'The text of a .datasource file',
    hint: 'Columns with their types, and with the path of the field where it has another name.',
    placeholder:
      'SCHEMA >\n    `time` DateTime64(3),\n    `city` String `json:$.place.city`,\n    `visitors` Nullable(Int64)',
    create: async (calls, name, text) => {
      await calls.push(name, text);
      return href(['data-sources', name], { tab: 'schema' });
    },
  },
};

/** What is wrong with a name, by the server's codes. */
const CODES_OF_NAME = new Set(['invalid_name', 'topic_exists', 'wrong_topic_kind']);

/** Makes a data source from a row that is pasted, or from a schema. */
export function CreateDataSource() {
  const { query } = useRoute();
  const chosen = query.get('create') === 'schema' ? 'schema' : 'rows';
  return (
    <section class="card" aria-label="Create a data source">
      <Tabs
        label="How to create it"
        chosen={chosen}
        onChoose={(create) => {
          setQuery({ create });
        }}
        tabs={[
          { id: 'rows', text: 'From rows' },
          { id: 'schema', text: 'From a schema' },
        ]}
      >
        <CreateForm key={chosen} way={WAYS[chosen]} />
      </Tabs>
    </section>
  );
}

/** Rows, or a schema, sent to a data source that there is would change that one. */
async function refuseTaken(calls: DataSourceApi, name: string): Promise<void> {
  const taken = await calls.status(name).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
  if (taken === undefined) return;
  throw new ApiError(`there is a data source ${name} already`, { status: 409, code: 'topic_exists' });
}

function CreateForm({ way }: { readonly way: Way }) {
  const { api } = useConsole();
  const calls = useMemo(() => dataSourceApi(api), [api]);
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const create = useAction(async () => {
    const go = goFromHere();
    await refuseTaken(calls, name);
    go(await way.create(calls, name, text));
  });
  const isOfName = create.error instanceof ApiError && CODES_OF_NAME.has(create.error.code);
  const message = create.error?.message;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        create.run();
      }}
    >
      <Field label="Name" error={isOfName ? message : undefined}>
        {(attributes) => (
          <input
            {...attributes}
            required
            autocomplete="off"
            spellcheck={false}
            value={name}
            onInput={({ currentTarget }) => {
              setName(currentTarget.value);
            }}
          />
        )}
      </Field>
      <Field label={way.label} hint={way.hint} error={isOfName ? undefined : message}>
        {(attributes) => (
          <textarea
            {...attributes}
            required
            class="mono"
            rows={10}
            spellcheck={false}
            placeholder={way.placeholder}
            value={text}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
            }}
          />
        )}
      </Field>
      <div class="buttons">
        <Button type="submit" kind="primary" isBusy={create.isBusy}>
          Create it
        </Button>
        <Button
          onClick={() => {
            setQuery({ create: undefined });
          }}
        >
          Cancel
        </Button>
      </div>
    </form>
  );
}
