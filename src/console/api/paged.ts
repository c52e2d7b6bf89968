import type { Api, ApiPath } from './api';

/** Names of a page of a listing. */
const PAGE = 1000;

/** Everything of a listing that is given by pages, such as `{"topics": […], "next": …}`; at most `limit`, about. */
export async function fetchPages<Item>(
  api: Api,
  path: ApiPath,
  {
    member,
    limit = Infinity,
    signal,
  }: { readonly member: string; readonly limit?: number; readonly signal: AbortSignal },
): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await api.get<Record<string, unknown>>(path, { query: { after, limit: PAGE }, signal });
    items.push(...(page[member] as Item[]));
    after = typeof page['next'] === 'string' ? page['next'] : undefined;
  } while (after !== undefined && items.length < limit);
  return items;
}
