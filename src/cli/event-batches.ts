import { isUtf8 } from 'node:buffer';
import { EventSplitter } from './event-splitter';
import { CommandError } from './command-error';

/** Bytes of one batch, at the most; a single larger event is a batch by itself. */
const BATCH_BYTES = 1024 * 1024;

/** Consecutive events of the input. The same input is always cut into the same batches. */
export interface EventBatch {
  /** From 0. */
  readonly index: number;
  readonly events: readonly Buffer[];
  /** The number of its first event in the input, from 1. */
  readonly firstEvent: number;
  /** Bytes of the input up to the end of this batch's last event, but for what stands between events. */
  readonly bytesBefore: number;
}

/** Cuts the events of the input into batches of at most `most` events. Throws a `CommandError` where it breaks. */
export async function* eventBatches(input: AsyncIterable<Buffer>, most: number): AsyncGenerator<EventBatch, void> {
  const splitter = new EventSplitter();
  let events: Buffer[] = [];
  let bytes = 0;
  let total = 0;
  let count = 0;
  let index = 0;
  const batch = (): EventBatch => ({
    index: index++,
    events,
    firstEvent: count - events.length + 1,
    bytesBefore: total,
  });
  for await (const chunk of input) {
    for (const event of splitter.push(chunk)) {
      if (!isUtf8(event)) throw new CommandError(`event ${count + 1} of the input is not valid UTF-8`);
      if (events.length > 0 && (events.length === most || bytes + event.length > BATCH_BYTES)) {
        yield batch();
        events = [];
        bytes = 0;
      }
      events.push(event);
      count++;
      bytes += event.length;
      total += event.length;
    }
  }
  splitter.end();
  if (events.length > 0) yield batch();
}
