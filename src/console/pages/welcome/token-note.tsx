import { rightsTo } from '../../app/topic-rights';
import type { SnippetToken } from './snippet-token';

interface Props {
  readonly token: SnippetToken;
  readonly topic: string;
  /** Whether there is such a topic; `undefined`: it is not known. */
  readonly isThere: boolean | undefined;
}

/** What the token in a snippet may do, and what it lacks for the snippet. */
export function TokenNote({ token: { scopes, isMade }, topic, isThere }: Props) {
  if (isMade) {
    return (
      <p class="muted">
        The address is this server’s. The token may create topics, send to them and read them, for 30 days; treat it
        like a password.
      </p>
    );
  }
  const { create, append, read } = rightsTo(topic, scopes);
  const may = [create && 'create topics', append && 'send to this topic', read && 'read it'].filter(Boolean);
  const needsCreation = !create && isThere === false;
  const lacks = [
    !append && `sending to it (append:${topic}, or create)`,
    append && needsCreation && 'making it (create), and there is no such topic yet',
    !read && `reading it (read:${topic}): what a snippet sends is not shown here`,
  ].filter(Boolean);
  return (
    <>
      <p class="muted">
        The address is this server’s. The token is the one that you are signed in with
        {may.length === 0 ? '; it may do nothing with this topic' : `; it may ${may.join(', ')}`}. Treat it like a
        password.
      </p>
      {lacks.length > 0 && (
        <p class="notice">It lacks {lacks.join('; and ')}. Whoever has a token with admin makes one that may.</p>
      )}
    </>
  );
}
