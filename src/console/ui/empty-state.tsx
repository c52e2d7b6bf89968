import type { ComponentChildren } from 'preact';

/** What stands where nothing is yet: what will be here, and what to do for it. */
export function EmptyState({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty-state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
