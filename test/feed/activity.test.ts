import { Activity, type ActivityOptions } from '../../src/feed/activity';
import type { ActiveReader, ActiveState } from '../../src/feed/active-streams';
import { ToldStore } from './support/told-store';

/** A whole second, so that the tests count from its beginning. */
const START = 1_700_000_000_000;

describe('Activity', () => {
  let store: ToldStore;
  let now: number;
  let full: string[];
  const running: Activity[] = [];

  beforeEach(() => {
    store = new ToldStore();
    now = START;
    full = [];
  });

  afterEach(() => {
    for (const activity of running.splice(0)) activity.stop();
  });

  const start = (options: Partial<ActivityOptions> = {}): Activity => {
    const activity = new Activity(store, {
      activeFor: 90_000,
      maxStreams: 100,
      maxTopics: 10,
      onFull: (topic) => full.push(topic),
      now: () => now,
      ...options,
    });
    running.push(activity);
    return activity;
  };

  /** Time passes, and is looked at. */
  const pass = (activity: Activity, milliseconds: number): void => {
    now += milliseconds;
    expect(activity.second).toBeGreaterThan(0);
  };

  const write = (topic: string, streamId: string, bytes = 100): void => {
    store.put(topic, streamId, now);
    store.tell({ writes: [{ topic, streamId, bytes }] });
  };

  const close = (topic: string, streamId: string): void => {
    store.put(topic, streamId, now, 'closed');
    store.tell({ changes: [{ topic, streamId, kind: 'closed' }] });
  };

  const watch = (activity: Activity, topic = 't'): Promise<ActiveReader> => activity.watch(topic, { bytes: 1e6 });

  const idOf = (text: string): string => (JSON.parse(text) as { streamId: string }).streamId;

  const next = async (reader: ActiveReader): Promise<string[]> =>
    (await reader.next(new AbortController().signal)).map(
      ({ text, isActive }: ActiveState) => `${isActive ? '+' : '-'}${idOf(text)}`,
    );

  const activeIn = async (activity: Activity, topic = 't'): Promise<string[]> => {
    const reader = await watch(activity, topic);
    reader.close();
    return reader.first.map(idOf).toSorted();
  };

  it('has a stream active from its first write on, for as long as is set after its last one', async () => {
    const activity = start();
    write('t', 's');
    expect(await activeIn(activity)).toEqual(['s']);
    pass(activity, 90_000);
    expect(await activeIn(activity)).toEqual(['s']);
    pass(activity, 1_000);
    expect([await activeIn(activity), activity.activeStreams]).toEqual([[], 0]);
    write('t', 's');
    expect(await activeIn(activity)).toEqual(['s']);
  });

  it.each([5_000, 30_000, 60_000, 85_000])('tells nothing of a stream that is written to each %d ms', async (pause) => {
    const activity = start();
    write('t', 's');
    const reader = await watch(activity);
    for (let round = 0; round < 20; round++) {
      pass(activity, pause);
      write('t', 's');
      expect(activity.activeStreams).toBe(1);
    }
    close('t', 's');
    const told = await next(reader);
    expect(told.filter((call) => call === '-s')).toHaveLength(1);
    expect(told.at(-1)).toBe('-s');
    reader.close();
  });

  it('ends a stream that is closed or removed, and all of a topic that is', async () => {
    const activity = start();
    for (const streamId of ['a', 'b', 'c', 'd']) write('t', streamId);
    const reader = await watch(activity);
    close('t', 'a');
    expect(await next(reader)).toEqual(['-a']);
    store.streams.get('t')!.delete('b');
    store.tell({ changes: [{ topic: 't', streamId: 'b', kind: 'removed' }] });
    expect(await next(reader)).toEqual(['-b']);
    store.streams.delete('t');
    store.tell({ changes: [{ topic: 't', kind: 'removed' }] });
    expect(await next(reader)).toEqual(['-c', '-d']);
    expect(activity.activeStreams).toBe(0);
    reader.close();
  });

  it('counts properties as a sign of life, and tells of them', async () => {
    const activity = start();
    store.put('t', 's', now);
    store.tell({ changes: [{ topic: 't', streamId: 's', kind: 'changed' }] });
    const reader = await watch(activity);
    expect(reader.first.map(idOf)).toEqual(['s']);
    pass(activity, 1000);
    store.put('t', 's', now);
    store.tell({ changes: [{ topic: 't', streamId: 's', kind: 'changed' }] });
    expect(await next(reader)).toEqual(['+s']);
    reader.close();
  });

  it('looks a stream that is written to all the time up once in ten seconds, for all who watch', async () => {
    const activity = start();
    write('t', 's');
    const readers = [await watch(activity), await watch(activity)];
    store.lookedUp = 0;
    for (let count = 0; count < 5_000; count++) {
      pass(activity, 1);
      write('t', 's');
    }
    write('t', 'other');
    for (const reader of readers) expect(await next(reader)).toContain('+other');
    expect(store.lookedUp).toBeLessThanOrEqual(2);
    for (const reader of readers) reader.close();
  });

  it('knows no more streams than are set, says so, and has room again when one ends', async () => {
    const activity = start({ maxStreams: 2 });
    for (const streamId of ['a', 'b', 'c']) write('t', streamId);
    expect([activity.activeStreams, full, await activeIn(activity)]).toEqual([2, ['t'], ['a', 'b']]);
    close('t', 'a');
    write('t', 'c');
    expect(await activeIn(activity)).toEqual(['b', 'c']);
  });

  it('knows no more topics than are set, but those that are watched', async () => {
    const activity = start({ maxTopics: 2 });
    pass(activity, 1_000);
    for (const topic of ['a', 'b', 'c']) write(topic, 's');
    expect(activity.activeTopics).toEqual(['a', 'b']);
    const reader = await watch(activity, 'c');
    write('c', 's');
    expect(await next(reader)).toEqual(['+s']);
    reader.close();
  });

  describe('seconds', () => {
    const totals = (activity: Activity, since: number): [number, number, number][] =>
      activity
        .seconds('t', since / 1000)
        .map(({ second, bytes, activeStreams }) => [second - START / 1000, bytes, activeStreams]);

    it('are whole, and 0 where nothing was written', () => {
      const activity = start();
      pass(activity, 300);
      write('t', 'a', 10);
      pass(activity, 699);
      write('t', 'b', 20);
      pass(activity, 1);
      write('t', 'a', 40);
      pass(activity, 3_000);
      write('t', 'a', 80);
      expect(totals(activity, START)).toEqual([
        [0, 30, 2],
        [1, 40, 2],
        [2, 0, 2],
        [3, 0, 2],
      ]);
      pass(activity, 1_000);
      expect(totals(activity, START + 4_000)).toEqual([[4, 80, 2]]);
    });

    it('are the last three hundred, also of a topic of which nothing is known', () => {
      const activity = start();
      write('t', 's', 7);
      pass(activity, 299_000);
      write('t', 's', 9);
      pass(activity, 1_000);
      expect(totals(activity, 0)).toHaveLength(300);
      expect(totals(activity, 0).filter(([, bytes]) => bytes > 0)).toEqual([
        [0, 7, 1],
        [299, 9, 1],
      ]);
      pass(activity, 1_000_000);
      expect(totals(activity, 0)).toHaveLength(300);
      expect(activity.seconds('none')).toHaveLength(300);
      expect([...activity.seconds('none'), ...activity.seconds('t')].every(({ bytes }) => bytes === 0)).toBe(true);
    });

    it('stand still while the clock is put back', () => {
      const activity = start();
      pass(activity, 5_000);
      write('t', 's', 1);
      now -= 4_000;
      write('t', 's', 2);
      now += 5_000;
      expect(totals(activity, START + 5_000)).toEqual([[5, 3, 1]]);
    });

    it('of rows count as those of events do', () => {
      const activity = start();
      store.tell({ writes: [{ topic: 't', bytes: 50 }] });
      pass(activity, 1_000);
      expect(totals(activity, START)).toEqual([[0, 50, 0]]);
    });

    it('of topics in which nothing has happened for long are not kept', () => {
      const activity = start();
      write('t', 's');
      expect(activity.topics).toEqual(['t']);
      pass(activity, 400_000);
      pass(activity, 1_000);
      expect(activity.topics).toEqual([]);
    });

    it('are told when they are over', async () => {
      const activity = start({ now: Date.now });
      const first = activity.second;
      const { signal } = new AbortController();
      expect(await activity.nextSecond(first, signal)).toBeGreaterThan(first);
      expect(await activity.nextSecond(Infinity, AbortSignal.abort())).toBeGreaterThan(first);
    });
  });

  describe('after a start', () => {
    it('has those active that were when the server stopped, for as long as if they had been written to then', async () => {
      for (const [streamId, age] of [
        ['a', 20],
        ['b', 100],
        ['c', 111],
        ['d', 170],
      ] as const) {
        store.put('t', streamId, START - age * 1000);
      }
      store.put('t', 'closed', START - 20_000, 'closed');
      const activity = start();
      expect(await activeIn(activity)).toEqual(['a', 'b']);
      write('t', 'a');
      pass(activity, 90_000);
      expect(await activeIn(activity)).toEqual(['a', 'b']);
      pass(activity, 1_000);
      expect(await activeIn(activity)).toEqual([]);
    });

    it('has none active that was not written to for so long that it was no restart', async () => {
      store.put('t', 's', START - 181_000);
      expect(await activeIn(start())).toEqual([]);
    });

    it('recalls all topics for who asks for all', async () => {
      for (const topic of ['t', 'u']) store.put(topic, 's', START - 1_000);
      const activity = start();
      expect(activity.activeTopics).toEqual([]);
      await activity.recallAll();
      expect(activity.activeTopics).toEqual(['t', 'u']);
    });

    it('asks for nothing once it is past', async () => {
      const activity = start();
      pass(activity, 90_001);
      store.put('t', 's', START - 1_000);
      await activity.recallAll();
      expect([activity.activeTopics, await activeIn(activity)]).toEqual([[], []]);
    });
  });

  it('rejects as the catalogue does, and can be watched once that works', async () => {
    const activity = start();
    write('t', 's');
    const { namedStreams } = store.catalogue;
    store.catalogue.namedStreams = () => Promise.reject(new Error('it cannot read'));
    await expect(watch(activity)).rejects.toThrow('it cannot read');
    store.catalogue.namedStreams = namedStreams;
    expect(await activeIn(activity)).toEqual(['s']);
  });
});
