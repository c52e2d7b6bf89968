import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { BucketSeries } from '../../chart/bucket-series';
import { aroundInstant, bucketLength, intervalText, type TimeRange } from '../../chart/interval';
import {
  bucketsOf,
  rangeOfSamples,
  samplesOf,
  type AggregateAnswer,
  type SentPackage,
} from '../../chart/parameter-answer';
import { DrawPace } from '../../tail/draw-pace';

/** The longest interval there is: one bucket or two hold everything, and say when it began and ended. */
const EVERYTHING = '36500d';
/** Samples that came live are counted once more when they are read, so all is read anew after so many milliseconds. */
const READ_EVERY = 30_000;

export interface ParameterBuckets {
  /** Undefined: not loaded yet, or there are no samples. */
  readonly series: BucketSeries | undefined;
  readonly range: TimeRange | undefined;
  readonly isLoading: boolean;
  readonly problem: Error | undefined;
  /** Grows whenever something is to be drawn. */
  readonly drawn: number;
}

interface Asked {
  readonly topic: string;
  readonly streamId: string;
  readonly parameter: string;
  /** What is zoomed to; undefined: everything. */
  readonly range: TimeRange | undefined;
  /** How many buckets there are room for. */
  readonly places: number;
}

const EMPTY: Omit<ParameterBuckets, 'drawn'> = {
  ...{ series: undefined, range: undefined, isLoading: true, problem: undefined },
};

/** The samples of a parameter, summed up by the server to a bucket a pixel, and what comes live. */
export function useBuckets(asked: Asked): ParameterBuckets {
  const { topic, streamId, parameter, range, places } = asked;
  const { api, live } = useConsole();
  const [state, setState] = useState(EMPTY);
  const [drawn, setDrawn] = useState(0);
  const [round, setRound] = useState(0);
  const shown = useRef(state);
  shown.current = state;
  const path = ['topics', topic, 'streams', streamId, 'parameters', 'data'];

  useEffect(() => {
    const ending = new AbortController();
    const read = (query: Readonly<Record<string, string>>): Promise<AggregateAnswer> =>
      api.get<AggregateAnswer>(path, { query: { parameter, ...query }, signal: ending.signal });
    const load = async (): Promise<void> => {
      const all = range ?? (await wholeRange(read, parameter));
      if (all === undefined) {
        setState({ ...EMPTY, isLoading: false });
        return;
      }
      const length = bucketLength(all, places);
      const answer = await read({
        ...{ from: String(all.from), to: String(all.to), interval: intervalText(length) },
        aggregate: 'count,min,max,mean',
      });
      const series = new BucketSeries(length, bucketsOf(answer, parameter));
      setState({ series, range: all, isLoading: false, problem: undefined });
    };
    setState((before) => ({ ...before, isLoading: true, problem: undefined }));
    load().catch((error: unknown) => {
      if (ending.signal.aborted) return;
      const problem = error instanceof Error ? error : new Error(String(error));
      setState((before) => ({ ...before, isLoading: false, problem }));
    });
    return () => {
      ending.abort();
    };
  }, [topic, streamId, parameter, range?.from, range?.to, places, round]);

  useEffect(() => {
    const pace = new DrawPace({ request: requestFrame, cancel: cancelFrame }, () => {
      setDrawn((count) => count + 1);
    });
    let readAgain: ReturnType<typeof setTimeout> | undefined;
    const end = live.stream<SentPackage & { readonly type: string }>(
      'ReadParameters',
      (position) => [topic, { streamId, parameters: [parameter], from: position ?? 'latest', timestamps: 'text' }],
      {
        item(item) {
          if (item.type !== 'parameters') return;
          const moved = withSamples(shown.current, samplesOf(item, parameter), range === undefined);
          if (moved !== shown.current) setState((shown.current = moved));
          pace.ask();
          readAgain ??= setTimeout(() => {
            readAgain = undefined;
            setRound((count) => count + 1);
          }, READ_EVERY);
        },
        refused({ reason }) {
          setState((before) => ({ ...before, problem: new Error(`nothing more comes live: ${reason}`) }));
        },
      },
    );
    return () => {
      end();
      pace.stop();
      clearTimeout(readAgain);
    };
  }, [topic, streamId, parameter, range?.from, range?.to]);
  return { ...state, drawn };
}

async function wholeRange(
  read: (query: Readonly<Record<string, string>>) => Promise<AggregateAnswer>,
  parameter: string,
): Promise<TimeRange | undefined> {
  const found = rangeOfSamples(await read({ interval: EVERYTHING, aggregate: 'first,last' }), parameter);
  return found && aroundInstant(found);
}

/** Adds samples; `grows`: the range is everything, so it reaches to them. */
function withSamples(
  state: Omit<ParameterBuckets, 'drawn'>,
  samples: readonly (readonly [bigint, number])[],
  grows: boolean,
): Omit<ParameterBuckets, 'drawn'> {
  const { series } = state;
  let { range } = state;
  if (series === undefined || range === undefined) return state;
  for (const [at, value] of samples) {
    if (grows && at >= range.to) range = { from: range.from, to: at + 1n };
    if (at >= range.from && at < range.to) series.add(at, value);
  }
  return range === state.range ? state : { ...state, range };
}

function requestFrame(draw: (milliseconds: number) => void): number {
  return requestAnimationFrame(draw);
}

function cancelFrame(frame: number): void {
  cancelAnimationFrame(frame);
}
