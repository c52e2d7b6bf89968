import type { Api } from '../../api/api';

/** A data source in the list. */
export interface ListedSource {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly hasUnknown: boolean;
  /** Not known of one that the token may not read. */
  readonly rows: number | undefined;
  /** Of JSON text, about. */
  readonly bytes: number | undefined;
}

/** Of `GET /v0/datasources` */
interface Described {
  readonly name: string;
  readonly columns: ListedSource['columns'];
  readonly new_columns_detected: boolean;
}

/** Of `GET /topics` */
interface ListedTopic {
  readonly name: string;
  readonly kind: 'events' | 'rows';
  readonly rows?: number;
  readonly bytes: number;
}

/** The largest page of topics; of more, the counts are not shown. */
const MOST_TOPICS = 10_000;

/** All data sources that the token may see, in two requests, however many there are. */
export async function listSources(api: Api, signal: AbortSignal): Promise<readonly ListedSource[]> {
  const [described, listed] = await Promise.all([
    api.get<{ datasources: readonly Described[] }>(['v0', 'datasources'], { signal }),
    api.get<{ topics: readonly ListedTopic[] }>(['topics'], { query: { limit: MOST_TOPICS }, signal }),
  ]);
  const topics = new Map(listed.topics.map((topic) => [topic.name, topic]));
  return described.datasources.map(({ name, columns, new_columns_detected: hasUnknown }) => {
    const { rows, bytes } = topics.get(name) ?? {};
    return { name, columns, hasUnknown, rows, bytes };
  });
}
