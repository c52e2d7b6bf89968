import { Counter, type Registry } from 'prom-client';
import type { AppendsReport, CommitReport } from '../store/contract/store';
import { DurationHistogram, type DurationSeries } from './duration-histogram';

/** What is appended, as callers call it, and what it is in the report of a commit. */
const KINDS = [
  { kind: 'events', part: 'events' },
  { kind: 'parameters', part: 'packages' },
  { kind: 'rows', part: 'rows' },
] as const;

/** What is counted of one kind. */
interface KindSeries {
  readonly part: (typeof KINDS)[number]['part'];
  readonly appends: Counter.Internal;
  readonly records: Counter.Internal | undefined;
  readonly bytes: Counter.Internal;
  readonly acknowledgements: DurationSeries;
}

/** What was stored, and how long it took until it could be acknowledged. */
export class IntakeMetrics {
  readonly durations: readonly DurationHistogram<'kind'>[];
  readonly #kinds: readonly KindSeries[];
  readonly #commits: DurationSeries;
  readonly #rows: Counter;
  readonly #quarantined: Counter;
  readonly #givenUp: Counter;
  readonly #early: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['kind'] as const;
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
    const byKind = (name: string, help: string) => new Counter({ name, help, labelNames, registers });
    const appends = byKind('writer_hub_appends_total', 'Batches stored, committed and synced, by kind.');
    const bytes = byKind(
      'writer_hub_stored_bytes_total',
      'Bytes of the JSON text of what those batches hold, by kind.',
    );
    const records = {
      events: counter('writer_hub_events_total', 'Events stored, committed and synced.').labels(),
      packages: counter(
        'writer_hub_packages_total',
        'Packages of parameter data stored, committed and synced.',
      ).labels(),
      // Those that fit and those that do not are counted apart, by `rowsStored`.
      rows: undefined,
    };
    const acknowledgements = new DurationHistogram({
      name: 'writer_hub_acknowledgement_seconds',
      help: 'Time from an append to the end of its commit, synced: how long an acknowledgement waits for the disk.',
      labelNames,
    });
    this.#kinds = KINDS.map(({ kind, part }) => ({
      part,
      appends: appends.labels({ kind }),
      records: records[part],
      bytes: bytes.labels({ kind }),
      acknowledgements: acknowledgements.series({ kind }),
    }));
    for (const kind of this.#kinds) for (const counted of [kind.appends, kind.bytes]) counted.inc(0);
    const help = 'Time of a commit, synced.';
    const commits = new DurationHistogram({ name: 'writer_hub_commit_seconds', help, labelNames: [] });
    this.#commits = commits.series({});
    this.durations = [acknowledgements, commits];
    this.#rows = counter('writer_hub_rows_total', 'Rows stored in data sources, committed and synced.');
    this.#quarantined = counter('writer_hub_rows_quarantined_total', 'Rows that did not fit and were quarantined.');
    this.#givenUp = counter('writer_hub_rows_given_up_total', 'Rows answered 202 that could not be stored after all.');
    this.#early = counter(
      'writer_hub_early_timestamps_total',
      'Events with timestamps in January 1970: of another unit?',
    );
  }

  committed(commit: CommitReport): void {
    for (const kind of this.#kinds) if (commit[kind.part].waits.length > 0) count(kind, commit[kind.part]);
    this.#commits.add(commit.milliseconds / 1000);
  }

  rowsStored({ rows, quarantined }: { readonly rows: number; readonly quarantined: number }): void {
    if (rows > 0) this.#rows.inc(rows);
    if (quarantined > 0) this.#quarantined.inc(quarantined);
  }

  rowsGivenUp(rows: number): void {
    this.#givenUp.inc(rows);
  }

  earlyTimestamps(events: number): void {
    this.#early.inc(events);
  }
}

function count({ appends, records, bytes, acknowledgements }: KindSeries, report: AppendsReport): void {
  appends.inc(report.waits.length);
  records?.inc(report.records);
  bytes.inc(report.bytes);
  for (const wait of report.waits) acknowledgements.add(wait / 1000);
}
