import { ordered, orderOf } from '../../../src/console/tail/row-order';
import type { Row } from '../../../src/console/tail/event';
import { shown } from './made-events';

const at = (offset: number, timestamp: bigint): Row => shown(offset, { timestamp });
const offsets = (rows: readonly Row[]): string[] => rows.map((row) => (row.kind === 'event' ? row.offset : 'gap'));

describe('ordered', () => {
  it('orders by nanoseconds, and then by position', () => {
    const rows = [
      at(10, 1_700_000_000_000_000_002n),
      at(9, 1_700_000_000_000_000_001n),
      at(2, 1_700_000_000_000_000_002n),
    ];
    expect(offsets(ordered(rows, 'time'))).toEqual(['9', '2', '10']);
    expect(offsets(ordered(rows, 'arrival'))).toEqual(['10', '9', '2']);
  });

  it('orders nothing across a gap', () => {
    const gap = { kind: 'gap', after: '1', before: '9', count: 7, isExact: true } as const;
    expect(offsets(ordered([at(1, 5n), gap, at(9, 3n), at(10, 1n)], 'time'))).toEqual(['1', 'gap', '10', '9']);
  });

  it('leaves events of one time whose positions cannot be compared as they came', () => {
    const rows = [shown(1, { offset: 'b', timestamp: 1n }), shown(1, { offset: 'a', timestamp: 1n })];
    expect(offsets(ordered(rows, 'time'))).toEqual(['b', 'a']);
  });

  it.each([
    ['time', 'time'],
    ['arrival', 'arrival'],
    [null, 'arrival'],
    ['whatever', 'arrival'],
  ])('reads %s from an address', (text, order) => {
    expect(orderOf(text)).toBe(order);
  });
});
