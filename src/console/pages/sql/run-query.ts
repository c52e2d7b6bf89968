import type { Api } from '../../api/api';
import { type Cell, cellsOf } from '../../exact/cells';
import { loadFormats } from './load-catalogue';
import { nextTurn } from './next-turn';
import { formatOf, withoutFormat } from './query-text';
import { type ResultColumn, ResultReader } from './result-reader';
import { ShortTurns } from './short-turns';

/** Characters that are read in one go: some milliseconds of work, also where each row is parsed. */
const PIECE = 8 * 1024;

/** What a query gave, as far as it is kept. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  /** The first rows. */
  readonly rows: readonly (readonly Cell[])[];
  /** How many there are in all. */
  readonly count: number;
  /** Seconds that the server took. */
  readonly elapsed: number;
  /** Bytes of values that the server read for the result. */
  readonly bytes: number;
}

/** What the rows of a result are given to, in order. */
export interface RowSink {
  onColumns(columns: readonly ResultColumn[]): void;
  onRow(text: string): void;
}

/**
 * Runs a query, and reads its result piece by piece, so that the page stays responsive. Rejects with an `ApiError`, and
 * with the reason of `signal` when that is aborted, which ends the query at the server too.
 */
export async function streamQuery(
  api: Api,
  query: string,
  sink: RowSink,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly elapsed: number; readonly bytes: number }> {
  const response = await api.fetch('POST', ['v0', 'sql'], {
    query: { default_format: 'JSONCompact' },
    body: (await asksForUnknown(api, query, signal)) ? query : withoutFormat(query),
    headers: { 'Content-Type': 'text/plain' },
    signal,
  });
  const reader = new ResultReader(sink);
  const pieces = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const turns = new ShortTurns(() => performance.now(), nextTurn);
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) break;
    for (let from = 0; from < value.length; from += PIECE) {
      reader.push(value.slice(from, from + PIECE));
      if (turns.isOver) await turns.pass();
    }
    signal.throwIfAborted();
  }
  const { rows, statistics } = reader.end();
  return { count: rows, elapsed: statistics.elapsed, bytes: statistics.bytes_read };
}

/** Whether a query asks for a format that the server does not have: its answer says so. */
async function asksForUnknown(api: Api, query: string, signal: AbortSignal): Promise<boolean> {
  const format = formatOf(query)?.toLowerCase();
  if (format === undefined) return false;
  const known = await loadFormats(api, signal);
  return known.length > 0 && !known.some((name) => name.toLowerCase() === format);
}

/** Runs a query and keeps its first rows. Rejects as `streamQuery`. */
export async function runQuery(api: Api, query: string, limit: number, signal: AbortSignal): Promise<QueryResult> {
  const rows: (readonly Cell[])[] = [];
  let columns: readonly ResultColumn[] = [];
  const sink: RowSink = {
    onColumns: (named) => {
      columns = named;
    },
    onRow: (text) => {
      if (rows.length < limit) rows.push(cellsOf(text));
    },
  };
  const end = await streamQuery(api, query, sink, signal);
  return { columns, rows, ...end };
}
