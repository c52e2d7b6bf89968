import type { ComponentChildren } from 'preact';

interface Props {
  readonly kind?: 'primary' | 'plain' | 'danger';
  readonly type?: 'button' | 'submit';
  /** What it did is under way: it cannot be pressed again. */
  readonly isBusy?: boolean;
  readonly disabled?: boolean;
  readonly onClick?: () => void;
  readonly children: ComponentChildren;
}

export function Button({ kind = 'plain', type = 'button', isBusy = false, disabled = false, ...rest }: Props) {
  return (
    <button
      type={type}
      class={`button button-${kind}`}
      disabled={isBusy || disabled}
      aria-busy={isBusy}
      onClick={rest.onClick}
    >
      {rest.children}
    </button>
  );
}
