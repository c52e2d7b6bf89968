import type { PageProps } from '../../app/page-route';

/** Topics. */
export function TopicsPage(_props: PageProps) {
  return <h1>Topics</h1>;
}
