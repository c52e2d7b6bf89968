import { z } from 'zod';
import type { Print } from './print';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';

const listed = z.object({
  topics: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['events', 'rows']),
      events: z.number().optional(),
      rows: z.number().optional(),
      bytes: z.number(),
      retention: z.object({ age: z.string().nullable(), bytes: z.number().nullable() }),
    }),
  ),
  next: z.string().nullable(),
});

type Topic = z.infer<typeof listed>['topics'][number];

/** Prints a line for each topic: its name, what it holds, and the retention that was set for it. */
export async function listTopics(target: Target, print: Print): Promise<void> {
  let after: string | null = null;
  do {
    const query: string = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const response = await request(target, `/topics${query}`, { headers: { authorization: `Bearer ${target.token}` } });
    const text = await response.text();
    if (!response.ok) throw responseError(response.status, text);
    const page = listed.parse(JSON.parse(text));
    await print(page.topics.map((topic) => `${lineOf(topic)}\n`).join(''));
    after = page.next;
  } while (after !== null);
}

function lineOf(topic: Topic): string {
  const { name, kind, bytes, retention } = topic;
  const age = retention.age === null ? [] : [`age ${retention.age}`];
  const most = retention.bytes === null ? [] : [`at most ${retention.bytes} bytes`];
  const kept = age.length + most.length === 0 ? [] : [`keeps ${[...age, ...most].join(', ')}`];
  return [name, `${topic[kind] ?? 0} ${kind}`, `about ${bytes} bytes`, ...kept].join('\t');
}
