import { parseExact, showExact } from '../json/exact-value';
import { fetchText, jsonOf } from './fetch-json';
import { listOf, membersOf, textOf, type Members } from './members';
import type { Print } from './print';
import type { Target } from './target';
import { textTable, type TextColumn } from './text-table';

/** Which streams of a topic are printed. */
export interface StreamList {
  readonly topic: string;
  /** At most so many. */
  readonly limit: number;
  /** Behind this id. */
  readonly after: string | undefined;
  /** An object a line, as the server gives it. */
  readonly json: boolean;
}

const COLUMNS: readonly TextColumn[] = [
  { name: 'stream', isNumber: false },
  { name: 'status', isNumber: false },
  { name: 'events', isNumber: true },
  { name: 'first timestamp', isNumber: true },
  { name: 'last timestamp', isNumber: true },
  { name: 'updated', isNumber: false },
];

const KEYS = ['streamId', 'status', 'eventCount', 'firstTimestamp', 'lastTimestamp', 'updatedAt'];

/** The most that a server gives at a time. */
const LARGEST_PAGE = 1000;

/** Prints the streams of a topic in the order of their ids. Resolves with where to go on, if there are more. */
export async function listStreams(target: Target, list: StreamList, print: Print): Promise<string | undefined> {
  let { after } = list;
  let left = list.limit;
  do {
    const { streams, next } = await fetchPage(target, { ...list, after }, Math.min(left, LARGEST_PAGE));
    if (list.json) await print(streams.map((stream) => `${showExact(stream)}\n`).join(''));
    else await print(textTable(COLUMNS, streams.map(cellsOf)));
    left -= streams.length;
    after = next;
  } while (after !== undefined && left > 0);
  return after;
}

async function fetchPage(
  target: Target,
  { topic, after }: StreamList,
  limit: number,
): Promise<{ readonly streams: Members[]; readonly next: string | undefined }> {
  const query = new URLSearchParams({ limit: String(limit), ...(after !== undefined && { after }) });
  const text = await fetchText(target, `/topics/${encodeURIComponent(topic)}/streams?${query.toString()}`);
  const page = membersOf(jsonOf(target, text, parseExact));
  return { streams: listOf(page['streams']), next: textOf(page['next']) };
}

function cellsOf(stream: Members): string[] {
  return KEYS.map((key) => textOf(stream[key]) ?? '');
}
