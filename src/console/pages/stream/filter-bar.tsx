import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { setQuery } from '../../app/router';
import { filterQuery, isEmpty, tagOf, type EventFilter } from '../../tail/event-filter';
import { Button } from '../../ui/button';

/** Milliseconds after the last key until a text is looked for. */
const TYPING_MS = 300;

interface Props {
  readonly filter: EventFilter;
  /** Ids that were seen, to choose from. */
  readonly ids: readonly string[];
}

/** Puts a filter into the address, from where it is read. */
export function setFilter(filter: EventFilter): void {
  setQuery(filterQuery(filter));
}

/** Adds a tag to what is filtered by. */
export function withTag(filter: EventFilter, tag: readonly [string, string]): EventFilter {
  const others = filter.tags.filter(([name]) => name !== tag[0]);
  return { ...filter, tags: [...others, tag] };
}

/** Adds an id to those that are shown. */
export function withId(filter: EventFilter, id: string): EventFilter {
  return filter.ids.includes(id) ? filter : { ...filter, ids: [...filter.ids, id] };
}

/** Ids, tags and a text to filter by; they stand in the address. */
export function FilterBar({ filter, ids }: Props) {
  const list = useId();
  return (
    <form
      class="filter-bar"
      role="search"
      aria-label="Filter events"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <TextFilter filter={filter} />
      <Adder
        label="Id"
        placeholder="Id"
        list={list}
        add={(text) => {
          setFilter(withId(filter, text));
          return undefined;
        }}
      />
      <datalist id={list}>
        {ids.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <Adder
        label="Tag"
        placeholder="Tag: car=1"
        add={(text) => {
          const tag = tagOf(text);
          if (tag === undefined) return 'a tag is name=value';
          setFilter(withTag(filter, tag));
          return undefined;
        }}
      />
      <Chips filter={filter} />
    </form>
  );
}

function TextFilter({ filter }: { readonly filter: EventFilter }) {
  const [text, setText] = useState(filter.text);
  const written = useRef(filter.text);
  useEffect(() => {
    // The address was changed by something else: a link, or the button that removes all.
    if (filter.text !== written.current) setText((written.current = filter.text));
  }, [filter.text]);
  useEffect(() => {
    if (text === filter.text) return undefined;
    const timer = setTimeout(() => {
      written.current = text;
      setFilter({ ...filter, text });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text, filter]);
  return (
    <label class="filter filter-text">
      <span class="visually-hidden">Text</span>
      <input
        type="search"
        value={text}
        placeholder="Text"
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
      />
    </label>
  );
}

interface AdderProps {
  readonly label: string;
  readonly placeholder: string;
  readonly list?: string;
  /** Adds what was typed, or says what is wrong with it. */
  readonly add: (text: string) => string | undefined;
}

function Adder({ label, placeholder, list, add }: AdderProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = (): void => {
    if (text === '') return;
    const wrong = add(text);
    setProblem(wrong);
    if (wrong === undefined) setText('');
  };
  return (
    <label class="filter">
      <span class="visually-hidden">{label}</span>
      <input
        type="text"
        value={text}
        placeholder={placeholder}
        autocomplete="off"
        {...(list !== undefined && { list })}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : id}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setProblem(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') submit();
        }}
        onChange={submit}
      />
      {problem !== undefined && (
        <span class="field-error" id={id} role="alert">
          {problem}
        </span>
      )}
    </label>
  );
}

function Chips({ filter }: { readonly filter: EventFilter }) {
  if (filter.ids.length + filter.tags.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filtered by">
      {filter.ids.map((id) => (
        <Chip
          key={`id ${id}`}
          text={`id = ${id}`}
          remove={{ ...filter, ids: filter.ids.filter((other) => other !== id) }}
        />
      ))}
      {filter.tags.map((tag) => (
        <Chip
          key={`tag ${tag.join('=')}`}
          text={tag.join(' = ')}
          remove={{ ...filter, tags: filter.tags.filter((other) => other !== tag) }}
        />
      ))}
      {!isEmpty(filter) && (
        <li>
          <Button
            onClick={() => {
              setFilter({ ids: [], tags: [], text: '' });
            }}
          >
            Show all
          </Button>
        </li>
      )}
    </ul>
  );
}

function Chip({ text, remove }: { readonly text: string; readonly remove: EventFilter }) {
  return (
    <li class="chip">
      <span>{text}</span>
      <button
        type="button"
        aria-label={`Remove ${text}`}
        onClick={() => {
          setFilter(remove);
        }}
      >
        ×
      </button>
    </li>
  );
}
