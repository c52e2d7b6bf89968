import { parseExact, showExact } from '../json/exact-value';
import { fetchText, jsonOf } from './fetch-json';
import { listOf, membersOf, textOf, type Members } from './members';
import type { Print } from './print';
import type { Target } from './target';

/**
 * Prints a line for each topic: its name, what it holds, and the retention that was set for it; or with `json` the
 * object of each as the server gives it.
 */
export async function listTopics(target: Target, { json }: { readonly json: boolean }, print: Print): Promise<void> {
  for await (const topics of topicPages(target)) {
    await print(topics.map((topic) => `${json ? showExact(topic) : lineOf(topic)}\n`).join(''));
  }
}

/** All topics and data sources that the token may read, a page at a time. */
export async function* topicPages(target: Target): AsyncGenerator<Members[]> {
  let after: string | undefined;
  do {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
    const text = await fetchText(target, `/topics${query}`);
    const page = membersOf(jsonOf(target, text, parseExact));
    yield listOf(page['topics']);
    after = textOf(page['next']);
  } while (after !== undefined);
}

function lineOf(topic: Members): string {
  const { name = '', kind = '', bytes = '' } = topic;
  const { age, bytes: most } = membersOf(topic['retention']);
  const kept = [
    ...(textOf(age) === undefined ? [] : [`age ${showExact(age!)}`]),
    ...(textOf(most) === undefined ? [] : [`at most ${showExact(most!)} bytes`]),
  ];
  const held = `${showExact(topic[showExact(kind)] ?? '0')} ${showExact(kind)}`;
  const said = kept.length === 0 ? [] : [`keeps ${kept.join(', ')}`];
  return [showExact(name), held, `about ${showExact(bytes)} bytes`, ...said].join('\t');
}
