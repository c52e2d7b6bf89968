import { PackingTurns } from '../../../../src/store/sqlite/writer/packing-turns';

/** Turns at work that takes a millisecond each time, as long as `left` is more than 0, and writes every other time. */
function turns(left: number): {
  packing: PackingTurns;
  work: { wait: number | undefined; done: number[] };
  heard: string[];
} {
  const heard: string[] = [];
  const work = {
    wait: (left > 0 ? 0 : undefined) as number | undefined,
    done: [] as number[],
    work: (): number => {
      work.done.push(performance.now());
      if (left < 0) throw new Error('the disk is full');
      jest.setSystemTime(Date.now() + 1);
      jest.advanceTimersByTime(1);
      if (work.done.length >= left) work.wait = undefined;
      return work.done.length % 2;
    },
  };
  const packing = new PackingTurns(work, {
    onWritten: (transactions) => heard.push(`wrote ${transactions}`),
    onFailed: (error) => heard.push((error as Error).message),
  });
  return { packing, work, heard };
}

describe('PackingTurns', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('does nothing while nothing is to be packed', () => {
    const { packing, work } = turns(0);
    packing.plan();
    jest.advanceTimersByTime(60_000);
    expect(work.done).toEqual([]);
  });

  it('works one turn after another while there is something, and tells of each that has written', () => {
    const { packing, work, heard } = turns(3);
    packing.plan();
    packing.plan();
    jest.advanceTimersByTime(100);
    expect(work.done).toHaveLength(3);
    expect(heard).toEqual(['wrote 1', 'wrote 1']);
  });

  it('waits for its time, and looks now and then whether it has come earlier', () => {
    const { packing, work } = turns(1);
    work.wait = 10_000;
    packing.plan();
    jest.advanceTimersByTime(249);
    expect(work.done).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(work.done).toHaveLength(1);
  });

  it('rests for a while after each turn when commits keep the thread busy', () => {
    const { packing, work } = turns(3);
    packing.plan();
    packing.committed(1000);
    jest.advanceTimersByTime(2);
    expect(work.done).toHaveLength(1);
    packing.committed(1000);
    jest.advanceTimersByTime(22);
    expect(work.done).toHaveLength(1);
    jest.advanceTimersByTime(10);
    expect(work.done).toHaveLength(2);
  });

  it('tries again later when it fails, and never when it was stopped', () => {
    const { packing, work, heard } = turns(-1);
    work.wait = 0;
    packing.plan();
    jest.advanceTimersByTime(1);
    expect(heard).toEqual(['the disk is full']);
    jest.advanceTimersByTime(9_000);
    expect(work.done).toHaveLength(1);
    jest.advanceTimersByTime(2_000);
    expect(work.done).toHaveLength(2);
    packing.stop();
    packing.plan();
    jest.advanceTimersByTime(60_000);
    expect(work.done).toHaveLength(2);
  });
});
