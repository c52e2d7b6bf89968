import type { QuarantineBatch } from '../store/event-store';
import { ByteWriter } from './byte-writer';
import type { RowFault } from './row-faults';

/** Most faults that the answer to a request lists. */
const MOST_LISTED = 20;

/** Why a row did not fit. */
export interface RowError extends RowFault {
  /** Counted from 1, blank lines left out. */
  readonly row: number;
}

/** Gathers the rows that do not fit, as the text a store takes. */
export class QuarantineWriter {
  /** Why rows did not fit, the first few faults. */
  readonly errors: RowError[] = [];
  private readonly out: ByteWriter;
  private count = 0;

  constructor(maxBytes: number) {
    this.out = new ByteWriter(0, maxBytes);
  }

  /** Takes a row: its number, its bytes, its faults, and the JSON text of its original values, each a string or null. */
  add(row: number, raw: Buffer, faults: readonly RowFault[], originals: string): void {
    for (const fault of faults) if (this.errors.length < MOST_LISTED) this.errors.push({ row, ...fault });
    const columns = JSON.stringify(faults.map(({ column }) => column));
    const reasons = JSON.stringify(faults.map(({ error }) => error));
    if (this.count++ > 0) this.out.text(',');
    this.out.text(`["${raw.toString('base64')}",${columns},${reasons},${originals}]`);
  }

  batch(): QuarantineBatch {
    return { json: this.out.written(), count: this.count };
  }
}
