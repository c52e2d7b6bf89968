import { formatDateTime, toNanoseconds, zoneOffset } from '../../exact/nanoseconds';
import { Field } from '../../ui/field';
import { suspectedUnit } from './event-form';

interface Props {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A timestamp, with what it means in local time as it is typed, and a hint where it is evidently in another unit. */
export function TimestampField({ value, error, onChange }: Props) {
  const suspected = suspectedUnit(value);
  return (
    <div class="timestamp-field">
      <Field label="Timestamp" hint={meaningOf(value)} error={error}>
        {(attributes) => (
          <input
            {...attributes}
            class="mono"
            placeholder="now"
            spellcheck={false}
            autocomplete="off"
            value={value}
            onInput={(event) => {
              onChange(event.currentTarget.value);
            }}
          />
        )}
      </Field>
      {suspected !== undefined && (
        <p class="notice" role="status">
          That looks like {suspected.unit}.{' '}
          <button
            type="button"
            class="link-button"
            onClick={() => {
              onChange(suspected.meant);
            }}
          >
            Use {suspected.meant}
          </button>
        </p>
      )}
    </div>
  );
}

function meaningOf(value: string): string {
  const nanoseconds = toNanoseconds(value.trim());
  if (nanoseconds === undefined) return 'Nanoseconds since 1970, or ISO 8601 with a zone; empty: when it is sent.';
  return `${formatDateTime(nanoseconds, 'local', 9)} (UTC${zoneOffset(nanoseconds)})`;
}
