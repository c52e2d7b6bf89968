import type { NamePage } from '../store/contract/catalogue';
import type { Position } from '../store/contract/position';

/** The most events, packages or rows that are asked for at once; a store also bounds the bytes of a page. */
const PAGE = 10_000;

/** The most topics or streams that are asked for at once. */
const NAMES = 1000;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly position: Position;
  readonly more: boolean;
}

/** Pages, each behind the one before. */
export async function* pagesOf<Item>(
  read: (query: { readonly after?: Position; readonly limit: number }) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  let from: { readonly after?: Position } = {};
  for (;;) {
    const { items, position, more } = await read({ ...from, limit: PAGE });
    yield items;
    if (!more) return;
    from = { after: position };
  }
}

/** Pages of what has a name, in order of names. */
export async function* namedPages<Item>(
  read: (page: NamePage) => Promise<readonly Item[]>,
  nameOf: (item: Item) => string,
): AsyncGenerator<readonly Item[]> {
  let after: string | undefined;
  for (;;) {
    const items = await read({ ...(after !== undefined && { after }), limit: NAMES });
    if (items.length > 0) yield items;
    if (items.length < NAMES) return;
    after = nameOf(items.at(-1)!);
  }
}
