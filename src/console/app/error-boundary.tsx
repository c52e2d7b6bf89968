import { Component, type ComponentChildren } from 'preact';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

interface Props {
  readonly children: ComponentChildren;
}

/** Shows what went wrong in a page in its place, so that the rest of the console goes on. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | undefined }> {
  override state = { error: undefined };

  static override getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render({ children }: Props, { error }: { readonly error: Error | undefined }) {
    if (error === undefined) return children;
    return (
      <EmptyState title="This page has failed">
        <p class="error-text">{error.message}</p>
        <Button
          onClick={() => {
            this.setState({ error: undefined });
          }}
        >
          Try again
        </Button>
      </EmptyState>
    );
  }
}
