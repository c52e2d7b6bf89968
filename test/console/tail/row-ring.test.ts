import { RowRing } from '../../../src/console/tail/row-ring';
import { shown, shownFrom } from './made-events';

const offsets = (ring: RowRing): string[] =>
  ring.rows.map((row) => (row.kind === 'event' ? row.offset : `gap ${row.count}`));

describe('RowRing', () => {
  it('is trimmed in front when rows are appended, and numbers stay with their rows', () => {
    const ring = new RowRing({ rows: 5, characters: 1e6 });
    expect(ring.append(shownFrom(1, 4))).toBe(0);
    expect(ring.append(shownFrom(5, 8))).toBe(3);
    expect(offsets(ring)).toEqual(['4', '5', '6', '7', '8']);
    expect(ring.first).toBe(3);
  });

  it('is trimmed at the end when rows are prepended', () => {
    const ring = new RowRing({ rows: 5, characters: 1e6 });
    ring.append(shownFrom(5, 8));
    expect(ring.prepend(shownFrom(1, 4))).toBe(3);
    expect(offsets(ring)).toEqual(['1', '2', '3', '4', '5']);
    expect(ring.first).toBe(-4);
  });

  it('holds the latest of more rows than it may hold', () => {
    const ring = new RowRing({ rows: 3, characters: 1e6 });
    expect(ring.append(shownFrom(1, 9))).toBe(6);
    expect(offsets(ring)).toEqual(['7', '8', '9']);
  });

  it('holds no more text than it may, but always one row', () => {
    const ring = new RowRing({ rows: 100, characters: 1000 });
    const large = (offset: number): ReturnType<typeof shown> => shown(offset, { value: 'x'.repeat(400) });
    ring.append([large(1), large(2), large(3)]);
    expect(offsets(ring)).toEqual(['2', '3']);
    ring.append([shown(4, { value: 'x'.repeat(5000) })]);
    expect(offsets(ring)).toEqual(['4']);
    ring.prepend([large(3)]);
    expect(offsets(ring)).toEqual(['3']);
  });

  it('counts tags as text', () => {
    const ring = new RowRing({ rows: 100, characters: 1000 });
    ring.append([shown(1, { tags: { a: 'x'.repeat(900) } }), shown(2, { tags: { a: 'x'.repeat(900) } })]);
    expect(offsets(ring)).toEqual(['2']);
  });

  it('replaces a row by others', () => {
    const ring = new RowRing({ rows: 100, characters: 1e6 });
    const gap = { kind: 'gap', after: '1', before: '4', count: 2, isExact: true } as const;
    ring.append([shown(1), gap, shown(4)]);
    expect(ring.replace(gap, shownFrom(2, 3))).toBe(true);
    expect(offsets(ring)).toEqual(['1', '2', '3', '4']);
    expect(ring.replace(gap, shownFrom(2, 3))).toBe(false);
  });

  it('gives rows other numbers after it was cleared', () => {
    const ring = new RowRing({ rows: 100, characters: 1e6 });
    ring.append(shownFrom(1, 3));
    ring.clear();
    expect(ring.length).toBe(0);
    ring.append(shownFrom(1, 1));
    expect(ring.first).toBe(3);
  });
});
