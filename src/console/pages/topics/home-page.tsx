import { useEffect, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import type { PageProps } from '../../app/page-route';
import { goFromHere, href } from '../../app/router';
import { useLoaded } from '../../app/use-loaded';
import { ErrorText } from '../../ui/error-text';
import { TopicsPage } from './topics-page';

/** The topics; as long as there are none, how to make one. */
export function HomePage(props: PageProps) {
  const { api } = useConsole();
  const first = useLoaded((signal) => api.get<{ topics: unknown[] }>(['topics'], { query: { limit: 1 }, signal }), []);
  const [go] = useState(goFromHere);
  const isEmpty = first.value?.topics.length === 0;
  useEffect(() => {
    // The page has an address of its own, and its own place in the navigation.
    if (isEmpty) go(href(['welcome']), { replace: true });
  }, [isEmpty, go]);
  if (first.value !== undefined && !isEmpty) return <TopicsPage {...props} />;
  return (
    <>
      <h1>Topics</h1>
      <ErrorText error={first.error} onRetry={first.reload} />
    </>
  );
}
