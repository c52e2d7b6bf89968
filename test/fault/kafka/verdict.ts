import { createHash } from 'node:crypto';
import { countSamples, querySql, StreamReader, TOKEN } from '../../../bench/support/writer-hub-server';
import type { Hubs } from './hubs';
import { DATA_SOURCE, type Load, TOPIC } from './loads';
import type { TopicReader } from './topic-reader';

/** What is wrong, in numbers; all 0 is as it should be. */
export interface Verdict {
  lost: number;
  twice: number;
  outOfOrder: number;
  /** Hubs whose content is another one than that of the first. */
  differing: number;
  readonly details: string[];
}

/** Reads everything back from every hub, and compares it with what was acknowledged. */
export async function judge(hubs: Hubs, loads: readonly Load[], readers: readonly TopicReader[]): Promise<Verdict> {
  const verdict: Verdict = { lost: 0, twice: 0, outOfOrder: 0, differing: 0, details: [] };
  const contents: string[] = [];
  for (let hub = 0; hub < hubs.count; hub++) {
    const content = createHash('sha256');
    for (const load of loads) {
      const { numbers, text } = await storedOf(hubs.url(hub), load);
      content.update(text);
      compare(verdict, `hub ${hub + 1}, ${load.target}`, numbers, load.acknowledged);
    }
    contents.push(content.digest('hex'));
  }
  verdict.differing = contents.filter((content) => content !== contents[0]).length;
  const events = loads.filter(({ kind }) => kind.name === 'keyed' || kind.name === 'plain');
  for (const [index, { read }] of readers.entries()) {
    for (const load of events)
      compare(verdict, `reader ${index + 1}, ${load.target}`, read.get(load.target) ?? [], load.acknowledged);
  }
  return verdict;
}

function compare(verdict: Verdict, where: string, stored: readonly number[], acknowledged: readonly number[]): void {
  const all = new Set(stored);
  const lost = acknowledged.filter((number) => !all.has(number));
  const twice = stored.length - all.size;
  const outOfOrder = stored.filter((number, index) => index > 0 && number < stored[index - 1]!).length;
  verdict.lost += lost.length;
  verdict.twice += twice;
  verdict.outOfOrder += outOfOrder;
  if (lost.length + twice + outOfOrder === 0) return;
  verdict.details.push(`${where}: lost ${lost.slice(0, 5).join(', ')}; ${twice} twice; ${outOfOrder} out of order`);
}

/** The numbers that are stored of a load, in order, and all there is to read of them as a text. */
async function storedOf(url: string, load: Load): Promise<{ readonly numbers: number[]; readonly text: string }> {
  switch (load.kind.name) {
    case 'rows': {
      const rows = await querySql<{ number: number }>(
        url,
        `SELECT * FROM ${DATA_SOURCE} WHERE writer = '${load.target}' ORDER BY number`,
      );
      return { numbers: rows.map(({ number }) => number), text: JSON.stringify(rows) };
    }
    case 'parameters': {
      const count = await countSamples(url, { topic: TOPIC, stream: load.target, parameter: 'number' });
      // Which they are is not told: as many as were sent, or one more that was not answered before the end.
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      return { numbers: count > load.last ? [...numbers, 1] : numbers, text: String(count) };
    }
    case 'properties': {
      const answer = await fetch(`${url}/topics/${TOPIC}/streams/${load.target}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const text = await answer.text();
      const { metadata } = JSON.parse(text) as { metadata?: { number: string } };
      // The last is what counts; a later one may have been stored though nobody knows.
      const is = Number(metadata?.number ?? 0);
      return { numbers: load.acknowledged.filter((number) => number <= is), text };
    }
    default: {
      const stored: unknown[] = [];
      for await (const event of new StreamReader(url).events(TOPIC, load.target)) stored.push(event);
      return { numbers: stored.map((event) => Number((event as { id: string }).id)), text: JSON.stringify(stored) };
    }
  }
}
