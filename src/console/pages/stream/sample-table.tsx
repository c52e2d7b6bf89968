import { useConsole } from '../../app/console-context';
import { useLoaded } from '../../app/use-loaded';
import type { TimeRange } from '../../chart/interval';
import { excerptOf } from '../../exact/excerpt';
import { shownTime, timeView } from '../../state/time-view';
import { useObservable } from '../../state/observable';
import { ErrorText } from '../../ui/error-text';
import { Table } from '../../ui/table';

const MAX_SAMPLES = 100;

interface SamplesPage {
  readonly timestamps: readonly { toString(): string }[];
  readonly stringValues: Readonly<Record<string, readonly (string | null)[]>>;
  readonly binaryValues: Readonly<Record<string, readonly (string | null)[]>>;
  readonly next: string | null;
}

interface Props {
  readonly topic: string;
  readonly streamId: string;
  readonly parameter: string;
  readonly range: TimeRange | undefined;
}

/** The first samples of a parameter of texts or binary data. */
export function SampleTable({ topic, streamId, parameter, range }: Props) {
  const { api } = useConsole();
  const view = useObservable(timeView);
  const page = useLoaded(
    (signal) =>
      api.get<SamplesPage>(['topics', topic, 'streams', streamId, 'parameters', 'data'], {
        query: {
          ...{ parameter, limit: MAX_SAMPLES },
          ...(range && { from: String(range.from), to: String(range.to) }),
        },
        signal,
      }),
    [topic, streamId, parameter, range?.from, range?.to],
  );
  const { value } = page;
  if (value === undefined) return <ErrorText error={page.error} onRetry={page.reload} />;
  const column = [value.stringValues, value.binaryValues].find((kind) => Object.hasOwn(kind, parameter))?.[parameter];
  const rows = value.timestamps.flatMap((at, index) => {
    const text = column?.[index] ?? null;
    return text === null ? [] : [{ index, at: BigInt(at.toString()), text }];
  });
  return (
    <>
      <Table
        label={`Samples of ${parameter}`}
        rows={rows}
        keyOf={({ index }) => String(index)}
        columns={[
          {
            title: 'Time',
            cell: ({ at }) => {
              const { date, time } = shownTime(at, view);
              return <time>{`${date} ${time}`}</time>;
            },
          },
          { title: 'Value', cell: ({ text }) => <span class="sample">{excerptOf(text)}</span> },
        ]}
      />
      {value.next !== null && <p class="field-hint">The first {MAX_SAMPLES}; zoom in to see others.</p>}
    </>
  );
}
