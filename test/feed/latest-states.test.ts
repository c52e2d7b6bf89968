import { LatestStates } from '../../src/feed/latest-states';

const filled = (...names: string[]): LatestStates<string> => {
  const states = new LatestStates<string>();
  for (const [index, name] of names.entries()) states.put(name, `${name}${index}`, index);
  return states;
};

const namesAfter = (states: LatestStates<string>, cursor: number, limit = 100): string[] | undefined =>
  states.after(cursor, limit)?.states.map(({ value }) => value ?? 'gone');

describe('LatestStates', () => {
  it('gives the latest state of each name once, in the order of the last changes', () => {
    const states = filled('a', 'b', 'a', 'c', 'b');
    expect(namesAfter(states, 0)).toEqual(['a2', 'c3', 'b4']);
    expect(namesAfter(states, 3)).toEqual(['c3', 'b4']);
    expect(namesAfter(states, states.end)).toEqual([]);
    states.put('a', undefined, 5);
    expect(namesAfter(states, 3)).toEqual(['c3', 'b4', 'gone']);
  });

  it('gives no more than is asked for at once, and where to go on', () => {
    const states = filled('a', 'b', 'c');
    const first = states.after(0, 2)!;
    expect(first.states.map(({ name }) => name)).toEqual(['a', 'b']);
    states.put('a', 'again', 3);
    expect(namesAfter(states, first.next)).toEqual(['c2', 'again']);
  });

  it('keeps no more than the names there are, however often they change', () => {
    const states = filled('a', 'b');
    const cursor = states.end;
    for (let count = 0; count < 1000; count++) states.put(count % 2 === 0 ? 'a' : 'b', String(count), count);
    expect(states.size).toBe(2);
    expect(namesAfter(states, cursor)).toEqual(['998', '999']);
  });

  it('says so when a reader has missed something that is kept no longer', () => {
    const states = filled('a', 'b', 'c', 'd');
    states.dropOldest(2);
    expect([0, 1, 2, 3].map((cursor) => namesAfter(states, cursor))).toEqual([
      undefined,
      undefined,
      ['c2', 'd3'],
      ['d3'],
    ]);
  });

  it('drops what all have read for some time and nobody needs', () => {
    const states = filled('a', 'b', 'c', 'd');
    states.dropRead(3, 2, ({ name }) => name === 'a');
    expect(namesAfter(states, 0)).toEqual(['a0', 'c2', 'd3']);
    states.dropRead(states.end, Infinity, () => false);
    expect([states.size, namesAfter(states, 0)]).toEqual([0, []]);
  });
});
