import type { AppendsReport, CommitReport } from '../contract/store';
import type { LogWrite } from './log-record';
import type { Carried, WriteSize } from './pending-writes';

interface Gathered {
  waits: number[];
  records: number;
  bytes: number;
}

/** Makes reports of writes of this hub that were carried out elsewhere: of those that it is told of in one turn. */
export class ToldCommits {
  #gathered = fresh();
  #isWaiting = false;
  readonly #report: (report: CommitReport) => void;

  constructor(report: (report: CommitReport) => void) {
    this.#report = report;
  }

  add({ size, wait }: Carried): void {
    if (size === undefined) return;
    const kind = this.#gathered[size.kind];
    kind.waits.push(wait);
    kind.records += size.records;
    kind.bytes += size.bytes;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setImmediate(() => {
      this.flush();
    });
  }

  /** Reports what was added so far. */
  flush(): void {
    const gathered: Readonly<Record<WriteSize['kind'], AppendsReport>> = this.#gathered;
    this.#gathered = fresh();
    this.#isWaiting = false;
    const waits = Object.values(gathered).flatMap(({ waits: ofKind }) => ofKind);
    if (waits.length === 0) return;
    // No commit is faster than what was acknowledged first in it.
    this.#report({ ...gathered, appends: waits.length, milliseconds: Math.min(...waits) });
  }
}

function fresh(): Record<WriteSize['kind'], Gathered> {
  const none = (): Gathered => ({ waits: [], records: 0, bytes: 0 });
  return { events: none(), packages: none(), rows: none() };
}

/** What reports count of a write; `undefined`: nothing. */
export function countedOf(write: LogWrite): WriteSize | undefined {
  switch (write.kind) {
    case 'events':
      return { kind: 'events', records: write.append.batch.count, bytes: write.append.batch.json.length };
    case 'package':
      return { kind: 'packages', records: 1, bytes: write.append.batch.json.length };
    case 'rows': {
      const { rows, quarantine } = write.append;
      return { kind: 'rows', records: rows.count + quarantine.count, bytes: rows.json.length + quarantine.json.length };
    }
    case 'change':
      return undefined;
  }
}
