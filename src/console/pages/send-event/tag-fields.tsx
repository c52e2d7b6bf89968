import { Button } from '../../ui/button';
import type { TagInput } from './event-form';

interface Props {
  readonly tags: readonly TagInput[];
  readonly error: string | undefined;
  readonly onChange: (tags: readonly TagInput[]) => void;
}

/** Tags as rows of a name and a value. */
export function TagFields({ tags, error, onChange }: Props) {
  const set = (index: number, changes: Partial<TagInput>): void => {
    onChange(tags.map((tag, i) => (i === index ? { ...tag, ...changes } : tag)));
  };
  return (
    <fieldset class="tag-fields">
      <legend>Tags</legend>
      {tags.map((tag, index) => (
        <div class="tag-row" key={index}>
          <input
            aria-label={`Name of tag ${index + 1}`}
            placeholder="name"
            spellcheck={false}
            value={tag.name}
            onInput={(event) => {
              set(index, { name: event.currentTarget.value });
            }}
          />
          <input
            aria-label={`Value of tag ${index + 1}`}
            placeholder="value"
            spellcheck={false}
            value={tag.value}
            onInput={(event) => {
              set(index, { value: event.currentTarget.value });
            }}
          />
          <Button
            onClick={() => {
              onChange(tags.filter((_, i) => i !== index));
            }}
          >
            Remove<span class="visually-hidden"> tag {index + 1}</span>
          </Button>
        </div>
      ))}
      {error !== undefined && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      <Button
        onClick={() => {
          onChange([...tags, { name: '', value: '' }]);
        }}
      >
        Add a tag
      </Button>
    </fieldset>
  );
}
