import { HttpConnection, postHead, rowsPath } from '../../bench/support/http-connection';
import { querySql, TOKEN } from '../../bench/support/writer-hub-server';
import type { Writer, WriterTarget } from './writers';

/** One batch of rows. It is sent until it is answered, always with the same key and body. */
interface RowBatch {
  readonly size: number;
  sendings: number;
  answered: boolean;
}

/** Everything one writer posts to the data source. */
export class RowLedger {
  readonly batches: RowBatch[] = [];
  refused = 0;

  constructor(readonly writer: number) {}

  /** The batch that has not been answered, or else a new one of `size` rows. */
  next(size: number): { batch: RowBatch; key: string; body: string } {
    const last = this.batches.at(-1);
    const batch = last?.answered === false ? last : { size, sendings: 0, answered: false };
    if (batch !== last) this.batches.push(batch);
    batch.sendings++;
    const number = this.batches.length - 1;
    const rows = Array.from({ length: batch.size }, (_, position) =>
      JSON.stringify({ writer: this.writer, batch: number, position, text: `row ${position}` }),
    );
    return { batch, key: `${this.writer}-${number}`, body: rows.join('\n') };
  }
}

/** What was found when all rows were read back. */
export interface RowFindings {
  readonly batches: number;
  readonly resent: number;
  readonly rows: number;
  readonly faults: {
    /** Acknowledged batches of which rows are missing. */
    readonly lost: number;
    /** Batches with a row that is there more than once. */
    readonly repeated: number;
    /** Batches that were never sent, or that have rows that were never sent. */
    readonly unknown: number;
    /** Requests that were answered with an error. */
    readonly refused: number;
  };
}

/** Posts rows, one request at a time, until its connection ends; starts with what the previous run left unanswered. */
export async function startRowWriter(ledger: RowLedger, target: WriterTarget): Promise<Writer> {
  let waiting: RowBatch | undefined;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const connection = await HttpConnection.open(target.port, {
    onResponse(status) {
      if (status !== 200) {
        ledger.refused++;
        connection.destroy();
        return;
      }
      if (waiting !== undefined) waiting.answered = true;
      target.onAcknowledged();
      send();
    },
    onClose: () => {
      end();
    },
  });
  const send = (): void => {
    const { batch, key, body } = ledger.next(target.random.between(1, 50));
    waiting = batch;
    const path = rowsPath(dataSourceOf(target.topic), true);
    const head = postHead({ port: target.port, token: TOKEN, path, headers: [`Idempotency-Key: ${key}`] }, body.length);
    connection.send(Buffer.from(head + body));
  };
  send();
  return { ended };
}

/** Reads all rows back and compares them with what was sent. */
export async function checkRows(url: string, topic: string, ledgers: readonly RowLedger[]): Promise<RowFindings> {
  const stored = await querySql<{ writer: number; batch: number; rows: number; positions: number; last: number }>(
    url,
    `SELECT writer, batch, count(*) AS rows, count(DISTINCT position) AS positions, max(position) AS last
     FROM ${dataSourceOf(topic)} GROUP BY writer, batch`,
  );
  const found = new Map(stored.map((group) => [`${group.writer}-${group.batch}`, group]));
  const sent = ledgers.flatMap(({ writer, batches }) =>
    batches.map((batch, number) => ({ ...batch, group: found.get(`${writer}-${number}`) })),
  );
  return {
    batches: sent.length,
    resent: sent.filter(({ sendings }) => sendings > 1).length,
    rows: stored.reduce((sum, { rows }) => sum + rows, 0),
    faults: {
      lost: sent.filter(({ answered, size, group }) => answered && group?.positions !== size).length,
      repeated: stored.filter(({ rows, positions }) => rows !== positions).length,
      unknown:
        stored.length -
        sent.filter(({ group }) => group !== undefined).length +
        sent.filter(({ group, size }) => group !== undefined && group.last >= size).length,
      refused: ledgers.reduce((sum, { refused }) => sum + refused, 0),
    },
  };
}

/** The findings in one line. */
export function describeRows({ batches, resent, rows, faults }: RowFindings): string {
  const { lost, repeated, unknown, refused } = faults;
  return (
    `${batches} batches of rows, ${resent} of them sent again, ${rows} rows stored: ` +
    `${lost} lost, ${repeated} repeated, ${unknown} unknown, ${refused} refused`
  );
}

/** The number of faults of all kinds. */
export function rowFaults({ faults }: RowFindings): number {
  return Object.values(faults).reduce((before, count) => before + count, 0);
}

function dataSourceOf(topic: string): string {
  return `${topic}_rows`;
}
