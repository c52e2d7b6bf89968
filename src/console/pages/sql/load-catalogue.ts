import type { Api } from '../../api/api';
import { type ListedDataSource, type ListedTopic, type Table, tablesOf } from '../../../sql-tables';

/** Of more topics, the names are not suggested. */
const MOST_TOPICS = 10_000;

/** What the token may read, for suggestions. */
export async function loadCatalogue(api: Api, signal: AbortSignal): Promise<readonly Table[]> {
  const [listed, described] = await Promise.all([
    api.get<{ topics: readonly ListedTopic[] }>(['topics'], { query: { limit: MOST_TOPICS }, signal }),
    api.get<{ datasources: readonly ListedDataSource[] }>(['v0', 'datasources'], { signal }),
  ]);
  return tablesOf(listed.topics, described.datasources);
}

/** The formats in which the server gives results; none if it does not say. */
export async function loadFormats(api: Api, signal: AbortSignal): Promise<readonly string[]> {
  const headers = { Accept: 'application/json' };
  const { sqlFormats = [] } = await api.get<{ sqlFormats?: readonly string[] }>([''], { headers, signal });
  return sqlFormats;
}
