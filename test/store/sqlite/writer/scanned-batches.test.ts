import fc from 'fast-check';
import { scanEvents } from '../../../../src/events/event-scanner';
import { writtenBatch } from '../../../events/support/written-events';
import { readAll } from '../../support/batches';
import { openStore } from '../support/open-store';

describe('what the scanner accepts', () => {
  it('comes back from the store as the events it stands for, however it was written', async () => {
    const store = await openStore({ maxStreamsPerTopic: 10_000 });
    let streams = 0;
    await fc.assert(
      fc.asyncProperty(writtenBatch, async ({ text, events }) => {
        const batch = scanEvents(Buffer.from(text), { maxDepth: 64, maxTags: 1000 });
        if (batch === undefined) {
          expect(events).toEqual([]);
          return;
        }
        const streamId = `s${streams++}`;
        await store.log.append({ topic: 't', streamId, batch, createTopic: true });
        const stored = (await readAll(store, { streamId })).map(({ id, timestamp, value, tags }) => ({
          id,
          timestamp,
          value: value ?? undefined,
          tags: tags === null ? undefined : (JSON.parse(tags) as Record<string, string>),
        }));
        expect(stored).toEqual(events);
        const { firstTimestamp, lastTimestamp } = await store.catalogue.stream('t', streamId);
        const times = events.map(({ timestamp }) => timestamp);
        expect(firstTimestamp).toBe(times.reduce((a, b) => (b < a ? b : a)));
        expect(lastTimestamp).toBe(times.reduce((a, b) => (b > a ? b : a)));
      }),
      { numRuns: 300 },
    );
  });
});
