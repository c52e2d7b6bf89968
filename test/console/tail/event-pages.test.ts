import { EventPages } from '../../../src/console/tail/event-pages';
import { MadeLog } from './made-events';

const { signal } = new AbortController();
const offsets = ({ events }: { events: readonly { offset: string }[] }): number[] =>
  events.map(({ offset }) => Number(offset));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('EventPages', () => {
  const log = new MadeLog();
  log.add(...upTo(50_000));

  it('reads the newest events, oldest first, and where to go on', async () => {
    const pages = new EventPages(log.read, 'car-1', undefined);
    const found = await pages.older(undefined, 3, signal);
    expect(offsets(found)).toEqual([49_998, 49_999, 50_000]);
    expect(found).toMatchObject({ reached: '49998', isEnd: false, first: '50000' });
    expect(offsets(await pages.older(found.reached, 2, signal))).toEqual([49_996, 49_997]);
  });

  it('reads on to newer ones, up to the end', async () => {
    const pages = new EventPages(log.read, 'car-1', undefined);
    const found = await pages.newer('49998', 5, signal);
    expect(offsets(found)).toEqual([49_999, 50_000]);
    expect(found.isEnd).toBe(true);
  });

  it('looks through pages for events that match', async () => {
    const pages = new EventPages(log.read, 'car-1', ({ offset }) => offset.endsWith('500'));
    const found = await pages.older(undefined, 2, signal);
    expect(offsets(found).slice(-2)).toEqual([48_500, 49_500]);
  });

  it('gives up after twenty thousand events that do not, and says how far it has come', async () => {
    const pages = new EventPages(log.read, 'car-1', () => false);
    const found = await pages.older(undefined, 2, signal);
    expect(found).toMatchObject({ events: [], lookedThrough: 20_000, reached: '30001', isEnd: false, first: '50000' });
  });

  it('keeps all digits', async () => {
    const event = {
      offset: '9007199254740993',
      timestamp: { toString: () => '1618133869123456789' },
      id: 'a',
      value: '12345678901234567890',
      tags: null,
    };
    const pages = new EventPages(() => Promise.resolve({ events: [event], next: null }), 'car-1', undefined);
    const [shown] = (await pages.newer(undefined, 1, signal)).events;
    expect(shown).toMatchObject({
      ...{ offset: '9007199254740993', timestamp: 1_618_133_869_123_456_789n },
      ...{ value: '12345678901234567890', streamId: 'car-1', tags: {} },
    });
  });

  it('finds nothing in an empty log', async () => {
    const pages = new EventPages(new MadeLog().read, undefined, undefined);
    expect(await pages.older(undefined, 10, signal)).toMatchObject({ events: [], isEnd: true, first: undefined });
  });
});
