import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

/** What goes onto the input of a field, so that its label, hint and error are read out with it. */
export interface FieldAttributes {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

interface Props {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren | undefined;
  /** What is wrong with it, in the server's own words. */
  readonly error?: string | undefined;
  readonly children: (attributes: FieldAttributes) => JSX.Element;
}

/** An input with its label, what to write into it, and what is wrong with what was written. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`]
    .filter((one) => one !== '')
    .join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        'aria-describedby': described === '' ? undefined : described,
      })}
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
