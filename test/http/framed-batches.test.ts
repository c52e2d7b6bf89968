import { FeedEvent } from '../../src/feed/feed-event';
import type { Framing } from '../../src/feed/feed-record';
import { EVENT_STREAM, LINES } from '../../src/http/feed-forms';
import { FramedBatches } from '../../src/http/framed-batches';
import type { BodyChunk } from '../../src/http/live-body';
import type { StoredEvent } from '../../src/store/contract/event-log';

function events(count: number, valueLength: number): FeedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const value = 'x'.repeat(valueLength);
    const event: StoredEvent = { position: `${index}`, streamId: 's', id: 'a', timestamp: 1n, value, tags: null };
    return new FeedEvent(event, 't');
  });
}

const whole = (pieces: Iterable<BodyChunk>): string => Buffer.concat([...pieces].map(({ data }) => data)).toString();

describe('the bytes of a batch', () => {
  it.each([
    ['one event', 1, 10, 1],
    ['some events', 500, 10, 1],
    ['more than a piece', 1_000, 10, 2],
    ['one event that is more than a piece', 1, 200_000, 4],
    ['many events that are', 3, 200_000, 12],
    ['nothing', 0, 0, 0],
  ])('are those of its events, in order, in pieces: %s', (_, count, length, most) => {
    const batch = events(count, length);
    const pieces = [...new FramedBatches().pieces(batch, LINES.record)];
    expect(whole(pieces)).toBe(batch.map((event) => LINES.record.make(event).toString()).join(''));
    expect(pieces.length).toBeLessThanOrEqual(most + 1);
    expect(pieces.length).toBeGreaterThanOrEqual(Math.min(most, 1));
  });

  it('are made once for all that are given the same batch in the same form', () => {
    const framed = new FramedBatches();
    const batch = events(100, 10);
    let made = 0;
    const counting: Framing<Buffer> = {
      make: (record) => {
        made++;
        return LINES.record.make(record);
      },
      bytes: (frame) => frame.length,
    };
    const [first, second] = [[...framed.pieces(batch, counting)], [...framed.pieces(batch, counting)]];
    expect(second[0]).toBe(first[0]);
    expect(made).toBe(100);
    expect(whole(framed.pieces(batch, EVENT_STREAM.record))).toContain('id: 99\ndata: ');
    // Another batch of the same events is another one; each event was framed once.
    expect(whole(framed.pieces([...batch], counting))).toBe(whole(first));
    expect(made).toBe(100);
  });

  it('of a large batch are not kept, and no piece is made before the one before it was taken', () => {
    const framed = new FramedBatches();
    const batch = events(10, 100_000);
    let made = 0;
    const counting: Framing<Buffer> = {
      make: (record) => {
        made++;
        return LINES.record.make(record);
      },
      bytes: (frame) => frame.length,
    };
    const pieces = framed.pieces(batch, counting);
    expect(pieces.next().done).toBe(false);
    expect(made).toBe(1);
    pieces.next();
    expect(made).toBe(2);
    expect(framed.bytesOf(batch)).toBeGreaterThan(1_000_000);
  });
});
