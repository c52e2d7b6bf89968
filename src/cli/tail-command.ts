import { newestFirst } from './newest-first';
import { watchPipe } from './pipe-watch';
import { printTo } from './print';
import type { Surroundings } from './surroundings';
import { Tail, type TailedPart } from './tail';
import { jsonLine, type LineOf, PeopleLines, wantsColours } from './tail-lines';
import { findTarget, type TargetFlags } from './target';
import { UsageError } from './usage-error';

export interface TailFlags extends TargetFlags {
  readonly last?: number;
  readonly since?: string;
  readonly from?: string;
  readonly after?: string;
  readonly id: readonly string[];
  readonly tag: readonly string[];
  readonly stream?: string;
  readonly rows: boolean;
  readonly quarantine: boolean;
  readonly json: boolean;
  readonly follow: boolean;
  readonly order: 'asc' | 'desc';
}

/** Runs `writer-hub tail` until it is over, or SIGINT. */
export async function runTail(topic: string, flags: TailFlags, surroundings: Surroundings): Promise<void> {
  const { env, stdout, stderr } = surroundings;
  const print = printTo(stdout);
  checkFlags(flags);
  const stop = new AbortController();
  surroundings.once('SIGINT', () => {
    stop.abort();
  });
  const { signal } = stop;
  const target = () => findTarget(flags, `read:${topic}`, env);
  const { stream: streamId, id: ids, tag: tags, last: count, follow } = flags;
  if (flags.order === 'desc') {
    await newestFirst(target(), { topic, streamId, before: flags.after, count, signal }, print);
    return;
  }
  const tail = new Tail(
    target,
    {
      ...{ topic, streamId, ids, tags, follow, signal },
      part: partOf(flags),
      start: startOf(flags),
      renewsToken: flags.token === undefined && env['WRITER_HUB_TOKEN'] === undefined,
      lineOf: lineOf(flags, env, stdout.isTTY === true),
      note: (text) => void stderr.write(`note: ${text}\n`),
    },
    print,
  );
  const endWatch = follow
    ? watchPipe(stdout, () => {
        stop.abort();
      })
    : undefined;
  try {
    await tail.run();
  } finally {
    endWatch?.();
  }
}

/** Flags that do not go together. */
function checkFlags(flags: TailFlags): void {
  const given = (names: readonly (keyof TailFlags)[]): string[] =>
    names.filter((name) => isGiven(flags[name])).map((name) => `--${name}`);
  const starts = given(['last', 'since', 'from', 'after']);
  if (flags.order === 'desc') {
    refuse(given(['since', 'from', 'id', 'tag', 'rows', 'quarantine']), 'does not go with --order desc');
    return;
  }
  if (starts.length > 1) throw new UsageError(`${starts.join(' and ')} all say where to begin: give one of them`);
  if (flags.rows && flags.quarantine) throw new UsageError('--rows and --quarantine: give one of them');
  if (flags.rows || flags.quarantine)
    refuse(given(['id', 'tag', 'stream']), 'is of events, which a data source has not');
}

function refuse(names: readonly string[], why: string): void {
  if (names.length > 0) throw new UsageError(`${names.join(' and ')} ${why}`);
}

function isGiven(value: TailFlags[keyof TailFlags]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function partOf({ rows, quarantine, id, tag, stream }: TailFlags): TailedPart {
  if (quarantine) return 'quarantine';
  if (rows) return 'rows';
  return id.length > 0 || tag.length > 0 || stream !== undefined ? 'events' : 'auto';
}

function startOf({ last, since, from, after }: TailFlags): Record<string, string> {
  if (last !== undefined) return { tail: String(last) };
  if (since !== undefined) return { since };
  const start = from ?? after;
  return start === undefined ? {} : { from: start };
}

function lineOf({ json }: TailFlags, env: NodeJS.ProcessEnv, isTerminal: boolean): LineOf {
  return json || !isTerminal ? jsonLine : new PeopleLines(wantsColours(env)).line;
}
