import { comparePositions, fractionOf, mostBetween, positionAt } from '../../../src/console/tail/position';

describe('comparePositions', () => {
  it.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['10', '10', 0],
    ['9007199254740993', '9007199254740992', 1],
    ['18446744073709551616', '18446744073709551617', -1],
    ['007', '8', -1],
  ])('compares %s and %s as numbers of any length', (one, other, sign) => {
    expect(Math.sign(comparePositions(one, other)!)).toBe(sign);
  });

  it('does not know which of two opaque positions comes first, but that one is itself', () => {
    expect(comparePositions('g1.p0', 'g1.p1')).toBeUndefined();
    expect(comparePositions('g1.p0', 'g1.p0')).toBe(0);
  });
});

describe('fractionOf and positionAt', () => {
  const extent = { first: '1', last: '40000001' };

  it.each([
    ['1', 0],
    ['20000001', 0.5],
    ['40000001', 1],
    ['50000000', 1],
  ])('maps position %s to %d of the way', (position, fraction) => {
    expect(fractionOf(position, extent)).toBe(fraction);
  });

  it.each([
    [0, '1'],
    [0.25, '10000001'],
    [1, '40000001'],
    [7, '40000001'],
  ])('maps %d of the way to position %s', (fraction, position) => {
    expect(positionAt(fraction, extent)).toBe(position);
  });

  it('reaches events beyond 2^53', () => {
    expect(positionAt(1, { first: '1', last: '9007199254740993' })).toBe('9007199254740993');
  });

  it('has no place for opaque positions', () => {
    expect(fractionOf('x', extent)).toBeUndefined();
    expect(positionAt(0.5, { first: 'x', last: 'y' })).toBeUndefined();
  });

  it('is at the start of a log of one event', () => {
    expect(fractionOf('5', { first: '5', last: '5' })).toBe(0);
  });
});

describe('mostBetween', () => {
  it.each([
    ['3', '10', 6],
    ['3', '4', 0],
    ['4', '4', 0],
  ])('counts what may lie between %s and %s', (after, before, count) => {
    expect(mostBetween(after, before)).toBe(count);
  });
});
