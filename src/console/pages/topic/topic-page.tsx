import { useState } from 'preact/hooks';
import type { PageProps } from '../../app/page-route';
import { href } from '../../app/router';
import { Button } from '../../ui/button';
import { ErrorText } from '../../ui/error-text';
import { EmptyState } from '../../ui/empty-state';
import { StreamList } from './stream-list';
import { TopicFacts } from './topic-facts';
import { DeleteTopic } from './delete-topic';
import { RetentionDialog } from './retention-dialog';
import { useTopic } from './use-topic';

/** A topic: what it holds, for how long, and its streams by last activity. */
export function TopicPage({ params, query }: PageProps) {
  const { topic: name = '' } = params;
  const { topic, isGone, error, reload } = useTopic(name);
  const [open, setOpen] = useState<'retention' | 'delete'>();
  const close = (): void => {
    setOpen(undefined);
  };
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <p class="breadcrumb">
            <a href={href(['topics'])}>Topics</a>
          </p>
          <h1>{name}</h1>
        </div>
        <div class="buttons">
          {topic?.kind === 'rows' ? (
            <a class="button button-plain" href={href(['data-sources', name])}>
              Rows
            </a>
          ) : (
            <a class="button button-plain" href={href(['topics', name, 'events'])}>
              Events, live
            </a>
          )}
          <a class="button button-plain" href={href(['send'], { topic: name })}>
            Send an event
          </a>
          <a class="button button-plain" href={href(['sql'], { q: `SELECT * FROM ${quoted(name)} LIMIT 100` })}>
            Query
          </a>
          <Button
            kind="danger"
            disabled={topic === undefined}
            onClick={() => {
              setOpen('delete');
            }}
          >
            Delete…
          </Button>
        </div>
      </div>
      {isGone ? (
        <EmptyState title="There is no topic of this name">
          <p>It was removed, or nothing was sent to it yet.</p>
          <a href={href(['welcome'], { topic: name })}>Send a first event to it</a>
        </EmptyState>
      ) : (
        <>
          <ErrorText error={error} onRetry={reload} />
          <TopicFacts
            topic={topic}
            onRetention={() => {
              setOpen('retention');
            }}
          />
          {(topic !== undefined || error === undefined) && (
            <StreamList key={name} topic={name} count={topic?.streams} search={query.get('search') ?? ''} />
          )}
        </>
      )}
      {open === 'retention' && topic !== undefined && (
        <RetentionDialog topic={topic} onClose={close} onChanged={reload} />
      )}
      {open === 'delete' && topic !== undefined && <DeleteTopic topic={topic} onClose={close} />}
    </>
  );
}

/** A name in SQL. */
function quoted(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
