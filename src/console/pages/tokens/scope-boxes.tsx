import { Button } from '../../ui/button';
import type { ScopeChoice, TopicChoice } from './scope-choice';

const RIGHTS = [
  { kind: 'append', text: 'write' },
  { kind: 'read', text: 'read' },
  { kind: 'drop', text: 'empty and remove' },
] as const;

interface Props {
  readonly choice: ScopeChoice;
  readonly onChange: (choice: ScopeChoice) => void;
}

/** A box for each thing that a token may do. */
export function ScopeBoxes({ choice, onChange }: Props) {
  const { admin, create, topics } = choice;
  const setTopic = (at: number, changed: TopicChoice | undefined): void => {
    onChange({
      ...choice,
      topics: topics.flatMap((topic, i) => (i !== at ? [topic] : changed === undefined ? [] : [changed])),
    });
  };
  return (
    <div class="scope-boxes">
      <label>
        <input
          type="checkbox"
          checked={admin}
          onChange={({ currentTarget }) => {
            onChange({ ...choice, admin: currentTarget.checked });
          }}
        />{' '}
        <strong>admin</strong> <span class="muted">everything, tokens too</span>
      </label>
      <label>
        <input
          type="checkbox"
          checked={admin || create}
          disabled={admin}
          onChange={({ currentTarget }) => {
            onChange({ ...choice, create: currentTarget.checked });
          }}
        />{' '}
        <strong>create</strong> <span class="muted">topics and data sources, and write to any</span>
      </label>
      <fieldset disabled={admin}>
        <legend>Topics and data sources</legend>
        {topics.map((topic, at) => (
          <TopicRow
            key={at}
            {...{ topic }}
            onChange={(changed) => {
              setTopic(at, changed);
            }}
          />
        ))}
        <Button
          onClick={() => {
            onChange({ ...choice, topics: [...topics, { topic: '', append: false, read: true, drop: false }] });
          }}
        >
          Add another topic
        </Button>
      </fieldset>
    </div>
  );
}

interface TopicRowProps {
  readonly topic: TopicChoice;
  /** `undefined`: it is taken away. */
  readonly onChange: (topic: TopicChoice | undefined) => void;
}

function TopicRow({ topic, onChange }: TopicRowProps) {
  const name = topic.topic === '' ? 'this topic' : topic.topic;
  return (
    <div class="scope-topic">
      <input
        aria-label="Topic, or a beginning with *"
        placeholder="cars, or car*"
        autocomplete="off"
        spellcheck={false}
        value={topic.topic}
        onInput={({ currentTarget }) => {
          onChange({ ...topic, topic: currentTarget.value });
        }}
      />
      {RIGHTS.map(({ kind, text }) => (
        <label key={kind}>
          <input
            type="checkbox"
            checked={topic[kind]}
            onChange={({ currentTarget }) => {
              onChange({ ...topic, [kind]: currentTarget.checked });
            }}
          />{' '}
          {text}
          <span class="visually-hidden"> {name}</span>
        </label>
      ))}
      <button
        type="button"
        class="link-button"
        onClick={() => {
          onChange(undefined);
        }}
      >
        Remove<span class="visually-hidden"> {name}</span>
      </button>
    </div>
  );
}
