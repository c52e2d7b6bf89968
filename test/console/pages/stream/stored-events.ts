import type { TestHub } from '../../../support/test-hub';

/** JSON text of an event at a time in nanoseconds. */
export function atTime(timestamp: bigint, id: string): string {
  return `{"timestamp":${String(timestamp)},"id":${JSON.stringify(id)},"value":"x"}`;
}

/** Stores events of one stream. */
export async function append(
  hub: TestHub,
  { topic, streamId }: { readonly topic: string; readonly streamId: string },
  events: readonly string[],
): Promise<void> {
  const path = `/topics/${encodeURIComponent(topic)}/streams/${encodeURIComponent(streamId)}/events/data`;
  const response = await hub.post(path, `[${events.join(',')}]`);
  if (response.status !== 200) throw new Error(await response.text());
}
