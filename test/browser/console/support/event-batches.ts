import type { TestHub } from '../../../support/test-hub';

export interface SentEvent {
  readonly id?: string;
  /** Nanoseconds; default: its place in milliseconds after an instant of 2026. */
  readonly timestamp?: bigint;
  readonly value: string | null;
  readonly tags?: Readonly<Record<string, string>>;
}

const START = 1_790_000_000_000_000_000n;
const BATCH = 10_000;

/** Stores events, in batches; answers when all are on disk. */
export async function append(
  hub: TestHub,
  stream: string,
  events: readonly SentEvent[],
  topic = 'cars',
): Promise<void> {
  const path = `/topics/${encodeURIComponent(topic)}/streams/${encodeURIComponent(stream)}/events/data`;
  for (let at = 0; at < events.length; at += BATCH) {
    const texts = events.slice(at, at + BATCH).map(({ id = 'speed', timestamp, value, tags }, index) => {
      const time = timestamp ?? START + BigInt(at + index) * 1_000_000n;
      const rest = JSON.stringify({ id, value, ...(tags && { tags }) }).slice(1);
      return `{"timestamp":${String(time)},${rest}`;
    });
    const response = await hub.post(path, `[${texts.join(',')}]`);
    if (response.status !== 200) throw new Error(await response.text());
  }
}

/** Events with these values. */
export function valued(...values: string[]): SentEvent[] {
  return values.map((value) => ({ value }));
}

/** Events whose values count from the first number to the last. */
export function numbered(first: number, last: number): SentEvent[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ value: `no ${first + index};` }));
}
