interface Props {
  /** As the address names it; `null`: it names none. */
  readonly asked: string | null;
  readonly tabs: readonly { readonly id: string; readonly text: string }[];
}

/** Says so when the address names a tab that there is not. */
export function UnknownTab({ asked, tabs }: Props) {
  if (asked === null || tabs.some(({ id }) => id === asked)) return null;
  return (
    <p class="notice" role="alert">
      There is no tab “{asked}” here: the first one is shown. There are {tabs.map(({ id }) => id).join(', ')}.
    </p>
  );
}
