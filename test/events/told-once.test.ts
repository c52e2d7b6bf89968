import { ToldOnce } from '../../src/events/told-once';

describe('ToldOnce', () => {
  it('says of each once that it is the first time', () => {
    const told = new ToldOnce(10);
    expect(['a', 'b', 'a', 'b'].map((what) => told.isFirst(what))).toEqual([true, true, false, false]);
  });

  it('forgets the oldest when it is full, and nothing else', () => {
    const told = new ToldOnce(2);
    expect(['a', 'b', 'c', 'b', 'c', 'a'].map((what) => told.isFirst(what))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
    ]);
  });
});
