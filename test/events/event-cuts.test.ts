import { scanEvents } from '../../src/events/event-scanner';

const LIMITS = { maxDepth: 8, maxTags: 8 };

/** The ids of the events in each piece of a batch that is divided at every place. */
function pieces(text: string): string[][] {
  const { json, count, cuts = [] } = scanEvents(Buffer.from(text), LIMITS)!;
  const bounds = [{ offset: -1, count: 0 }, ...cuts, { offset: json.length, count }];
  return bounds.slice(1).map((end, index) => {
    const start = bounds[index]!;
    const piece = Buffer.from(json.subarray(start.offset + 1, end.offset)).toString();
    const ids = (JSON.parse(`[${piece}]`) as { id: string }[]).map(({ id }) => id);
    expect(ids).toHaveLength(end.count - start.count);
    return ids;
  });
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

describe('the places at which a long batch of events can be divided', () => {
  it('lie between events, 1000 of them or 64 KiB apart', () => {
    const short = pieces(
      `[${ids(15_000)
        .map((id) => `{"id":"${id}","timestamp":1}`)
        .join(',')}]`,
    );
    expect(short.flat()).toEqual(ids(15_000));
    expect(short).toHaveLength(15);
    const long = pieces(
      `[${ids(100)
        .map((id) => `{"id":"${id}","timestamp":1,"value":"${'x'.repeat(5000)}"}`)
        .join(',')}]`,
    );
    expect(long.flat()).toEqual(ids(100));
    expect(new Set(long.slice(0, -1).map(({ length }) => length))).toEqual(new Set([14]));
  });

  it('are those of the text that is stored, where that is not the one that came', () => {
    const texts = ids(9000).map((id) => `{ "Id" : "${id}", "Timestamp" : "17", "Value" : null, "tags" : {"a":","} }`);
    expect(pieces(` [ ${texts.join(' ,\n ')} ] `).flat()).toEqual(ids(9000));
  });

  it('lie between the records of a sequence, too', () => {
    const records = ids(15_000).map((id) => `\x1e{"id":"${id}","timestamp":1}\n`);
    const divided = pieces(records.join(''));
    expect(divided.flat()).toEqual(ids(15_000));
    expect(divided).toHaveLength(15);
  });

  it('are not noted in a short text', () => {
    const text = `[${ids(5000)
      .map((id) => `{"id":"${id}","timestamp":1}`)
      .join(',')}]`;
    expect(scanEvents(Buffer.from(text), LIMITS)).not.toHaveProperty('cuts');
  });
});
