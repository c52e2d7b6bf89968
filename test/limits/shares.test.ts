import { Shares } from '../../src/limits/shares';

describe('Shares', () => {
  it.each([
    { others: [], most: 75, refusal: 'share' },
    { others: [40], most: 45, refusal: 'share' },
    { others: [42, 42], most: 12, refusal: 'full' },
  ])('leave a holder three times what is left: beside $others of 100 it gets $most', ({ others, most, refusal }) => {
    const shares = new Shares(100);
    for (const [index, amount] of others.entries()) expect(shares.take(`other ${index}`, amount)).toBeUndefined();
    for (let taken = 0; taken < most; taken++) expect(shares.take('holder', 1)).toBeUndefined();
    expect(shares.take('holder', 1)).toBe(refusal);
    expect(shares.heldBy('holder')).toBe(most);
  });

  it('always have something for the next holder', () => {
    const shares = new Shares(1000);
    for (let holder = 0; holder < 4; holder++) while (shares.take(`greedy ${holder}`, 1) === undefined);
    expect(shares.take('newcomer', 1)).toBeUndefined();
  });

  it('say that there is nothing for anybody, and tell of every refusal', () => {
    const refused: unknown[] = [];
    const shares = new Shares(4, (...refusal) => refused.push(refusal));
    expect(shares.take('a', 3)).toBeUndefined();
    expect(shares.take('b', 2)).toBe('full');
    expect(shares.take('a', 1)).toBe('share');
    expect(shares.take('b', 1)).toBeUndefined();
    expect(shares.take('b', 1)).toBe('full');
    expect(refused).toEqual([
      ['full', 'b'],
      ['share', 'a'],
      ['full', 'b'],
    ]);
  });

  it('take back what is released, and forget whoever has nothing', () => {
    const shares = new Shares(4);
    shares.take('a', 3);
    shares.release('a', 1);
    expect([shares.used, shares.heldBy('a')]).toEqual([2, 2]);
    shares.release('a', 2);
    expect([shares.used, shares.heldBy('a')]).toEqual([0, 0]);
    expect(shares.take('a', 3)).toBeUndefined();
  });
});
