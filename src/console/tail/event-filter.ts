import type { ShownEvent } from './event';

/** Which events are shown; empty: all. */
export interface EventFilter {
  /** Only events with one of these ids. */
  readonly ids: readonly string[];
  /** Only events with all of these tags. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  /** Only events in whose id, value or tags this is found, whatever its case. */
  readonly text: string;
}

/** Reads a filter from the query of an address: `id=Alert&id=Lap&tag=car=1&text=box`. */
export function filterOf(query: URLSearchParams): EventFilter {
  return {
    ids: [...new Set(query.getAll('id'))].filter((id) => id !== ''),
    tags: [...new Set(query.getAll('tag'))].map(tagOf).filter((tag) => tag !== undefined),
    text: query.get('text') ?? '',
  };
}

/** What of an address cannot be a filter: tags without a name or a value's `=`. */
export function wrongTags(query: URLSearchParams): readonly string[] {
  return [...new Set(query.getAll('tag'))].filter((text) => tagOf(text) === undefined);
}

/** A filter as parts of an address; what `filterOf` reads. */
export function filterQuery({ ids, tags, text }: EventFilter): {
  readonly id: readonly string[];
  readonly tag: readonly string[];
  readonly text: string | undefined;
} {
  return { id: ids, tag: tags.map((tag) => tag.join('=')), text: text === '' ? undefined : text };
}

/** `name=value`, of which the name has no `=`; undefined where there is none. */
export function tagOf(text: string): readonly [string, string] | undefined {
  const at = text.indexOf('=');
  return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}

export function isEmpty({ ids, tags, text }: EventFilter): boolean {
  return ids.length === 0 && tags.length === 0 && text === '';
}

/** Tells whether an event is to be shown. */
export function matcher({ ids, tags, text }: EventFilter): (event: ShownEvent) => boolean {
  const wanted = new Set(ids);
  const needle = text.toLowerCase();
  return (event) =>
    (wanted.size === 0 || wanted.has(event.id)) &&
    tags.every(([name, value]) => Object.hasOwn(event.tags, name) && event.tags[name] === value) &&
    (needle === '' || hasText(event, needle));
}

/** Whether the id, the value or a tag has a text in it; `needle` is in lower case. */
export function hasText({ id, value, tags }: ShownEvent, needle: string): boolean {
  return (
    id.toLowerCase().includes(needle) ||
    (value?.toLowerCase().includes(needle) ?? false) ||
    Object.entries(tags).some(([name, tag]) => `${name}=${tag}`.toLowerCase().includes(needle))
  );
}
