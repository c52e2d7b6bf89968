import { scanEvents } from '../../../src/events/event-scanner';
import { TextCuts } from '../../../src/json/text-cuts';
import type { EventBatch } from '../../../src/store/contract/event-log';
import type { RowBatch } from '../../../src/store/contract/row-store';
import { failedRow, quarantineOf } from './rows';

/** Events whose ids and timestamps are numbers from the first one on, in a text that can be divided. */
export function longEvents(first: number, count: number, value = 'x'.repeat(40)): EventBatch {
  const events = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    return `{"id":"${number}","timestamp":${number},"value":"${value}"}`;
  });
  const batch = scanEvents(Buffer.from(`[${events.join(', ')}]`), { maxDepth: 8, maxTags: 8 });
  if (batch === undefined) throw new Error('there are no events');
  return batch;
}

/** Numbers as ids, from the first one on. */
export function numbers(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

/** Rows of one column that holds numbers from the first one on, in a text that can be divided. */
export function longRows(first: number, count: number): RowBatch {
  return divisible(numbers(first, count).map((number) => `[null,${number}]`));
}

/** Quarantined rows whose bytes are numbers from the first one on, in a text that can be divided. */
export function longQuarantine(first: number, count: number): RowBatch {
  return divisible(numbers(first, count).map((number) => quarantineOf(failedRow(number)).json.toString()));
}

function divisible(rows: readonly string[]): RowBatch {
  const cuts = new TextCuts();
  let offset = 0;
  for (const [index, row] of rows.entries()) {
    if (index > 0) cuts.pass(offset++, index);
    offset += row.length;
  }
  return { json: Buffer.from(rows.join(',')), count: rows.length, ...cuts.noted };
}
