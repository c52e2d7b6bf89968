import { useConsole } from '../../app/console-context';
import type { PageProps } from '../../app/page-route';
import { useLoaded } from '../../app/use-loaded';
import { ErrorText } from '../../ui/error-text';
import { WelcomePage } from '../welcome/welcome-page';
import { TopicsPage } from './topics-page';

/** The topics; as long as there are none, how to make one. */
export function HomePage(props: PageProps) {
  const { api } = useConsole();
  const first = useLoaded((signal) => api.get<{ topics: unknown[] }>(['topics'], { query: { limit: 1 }, signal }), []);
  if (first.value !== undefined)
    return first.value.topics.length === 0 ? <WelcomePage {...props} /> : <TopicsPage {...props} />;
  return (
    <>
      <h1>Topics</h1>
      <ErrorText error={first.error} onRetry={first.reload} />
    </>
  );
}
