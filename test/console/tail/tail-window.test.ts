import type { Gap } from '../../../src/console/tail/event';
import { TailWindow } from '../../../src/console/tail/tail-window';
import { shown, shownFrom } from './made-events';

const texts = (window: TailWindow): string[] =>
  window.rows.map((row) => (row.kind === 'event' ? row.offset : `${row.isExact ? '' : 'up to '}${row.count} skipped`));

const found = (first: number, last: number, isEnd = false, reached = String(first)) => ({
  events: shownFrom(first, last),
  reached,
  isEnd,
});

const open = (rows = 10, pending = 4, matches: (event: { id: string }) => boolean = () => true): TailWindow =>
  new TailWindow({ limits: { rows, characters: 1e6 }, pending: { rows: pending, characters: 1e6 }, matches });

describe('TailWindow', () => {
  describe('followed', () => {
    it('grows at the end, and knows where to go on to older events when it is trimmed', () => {
      const window = open(5);
      window.begin(found(1, 3, true), '3');
      expect(window.isAtStart).toBe(true);
      for (const event of shownFrom(4, 7)) window.arrive(event);
      window.flush();
      expect(texts(window)).toEqual(['3', '4', '5', '6', '7']);
      expect(window.isAtStart).toBe(false);
      expect(window.olderFrom).toBe('3');
    });

    it('takes nothing twice, whatever comes again after a reconnect', () => {
      const window = open();
      window.begin(found(1, 3), '3');
      for (const event of [...shownFrom(2, 4), ...shownFrom(3, 5)]) window.arrive(event);
      window.flush();
      expect(texts(window)).toEqual(['1', '2', '3', '4', '5']);
    });

    it('stands behind events that do not match, too', () => {
      const window = open(10, 4, ({ id }) => id === 'Alert');
      window.begin({ events: [], reached: undefined, isEnd: true }, undefined);
      expect(window.arrive(shown(7))).toBe(true);
      window.flush();
      expect(texts(window)).toEqual([]);
      expect(window.lastArrived).toBe('7');
      window.advance('9');
      window.advance('8');
      expect(window.lastArrived).toBe('9');
    });

    it('takes what arrives into the list when much of it waits, drawn or not', () => {
      const window = open(5000);
      window.begin(found(1, 0, true), undefined);
      for (const event of shownFrom(1, 2500)) window.arrive(event);
      expect(window.rows).toHaveLength(2000);
    });
  });

  describe('paused', () => {
    it('stands still, counts what comes, and goes on with it', () => {
      const window = open();
      window.begin(found(1, 3), '3');
      window.pause();
      for (const event of shownFrom(4, 6)) window.arrive(event);
      window.flush();
      expect(texts(window)).toEqual(['1', '2', '3']);
      expect(window.newCount).toBe(3);
      expect(window.resume()).toBe(true);
      expect(texts(window)).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(window.newCount).toBe(0);
    });

    it('counts only what matches', () => {
      const window = open(10, 4, ({ id }) => id === 'Alert');
      window.begin(found(1, 0), '0');
      window.pause();
      window.arrive(shown(1));
      window.arrive(shown(2, { id: 'Alert' }));
      expect(window.newCount).toBe(1);
    });

    it('shows a gap of exactly as many as were more than it held', () => {
      const window = open();
      window.begin(found(1, 2), '2');
      window.pause();
      for (const event of shownFrom(3, 12)) window.arrive(event);
      window.resume();
      expect(texts(window)).toEqual(['1', '2', '6 skipped', '9', '10', '11', '12']);
      expect(window.rows[2]).toMatchObject({ after: '2', before: '9' });
    });

    it('draws what had arrived before the pause', () => {
      const window = open();
      window.begin(found(1, 1), '1');
      window.arrive(shown(2));
      window.pause();
      window.arrive(shown(3));
      expect(texts(window)).toEqual(['1', '2']);
      expect(window.newCount).toBe(1);
    });

    it('is trimmed at the end by older events, and reads on to newer ones from there', () => {
      const window = open(6);
      window.begin(found(10, 14), '14');
      window.pause();
      window.addOlder(found(6, 9));
      expect(texts(window)).toEqual(['6', '7', '8', '9', '10', '11']);
      expect(window.isAtEnd).toBe(false);
      expect(window.newerFrom).toBe('11');
      window.addNewer({ events: shownFrom(12, 13), reached: '13', isEnd: false });
      expect(texts(window)).toEqual(['8', '9', '10', '11', '12', '13']);
      expect(window.olderFrom).toBe('8');
    });

    it('does not count as new what was scrolled to meanwhile', () => {
      const window = open(6);
      window.begin(found(10, 14), '14');
      window.pause();
      window.addOlder(found(6, 9));
      for (const event of shownFrom(15, 17)) window.arrive(event);
      window.addNewer({ events: shownFrom(12, 16), reached: '16', isEnd: true });
      expect(window.newCount).toBe(1);
      expect(window.isAtEnd).toBe(true);
      window.resume();
      expect(texts(window)).toEqual(['12', '13', '14', '15', '16', '17']);
    });

    it('goes on at what came, without a gap, when the end of the list was trimmed', () => {
      const window = open(6);
      window.begin(found(10, 14), '14');
      window.pause();
      window.addOlder(found(6, 9));
      for (const event of shownFrom(15, 16)) window.arrive(event);
      expect(window.resume()).toBe(true);
      expect(texts(window)).toEqual(['15', '16']);
      expect(window.olderFrom).toBe('15');
      expect(window.isAtStart).toBe(false);
    });

    it('has to read the newest events anew when none came', () => {
      const window = open(6);
      window.begin(found(10, 14), '14');
      window.pause();
      window.addOlder(found(6, 9));
      expect(window.resume()).toBe(false);
    });
  });

  describe('jump', () => {
    it('shows another place, and both ways lead on from it', () => {
      const window = open();
      window.begin(found(90, 99), '99');
      window.jump('40', { events: shownFrom(41, 44), reached: '44', isEnd: false, first: '41' });
      expect(texts(window)).toEqual(['41', '42', '43', '44']);
      expect([window.olderFrom, window.newerFrom]).toEqual(['41', '44']);
      expect([window.isPaused, window.isAtStart, window.isAtEnd]).toEqual([true, false, false]);
      window.addOlder(found(39, 40));
      expect(texts(window)[0]).toBe('39');
    });

    it('counts what comes while it is there', () => {
      const window = open();
      window.begin(found(90, 99), '99');
      window.jump('40', { events: shownFrom(41, 44), reached: '44', isEnd: false, first: '41' });
      window.arrive(shown(100));
      expect(window.newCount).toBe(1);
    });
  });

  describe('skipTo', () => {
    it.each([
      [true, '6 skipped'],
      [false, 'up to 6 skipped'],
    ])('shows how many are left out, exact: %s', (isExact, gap) => {
      const window = open();
      window.begin(found(1, 3), '3');
      window.skipTo({ events: shownFrom(10, 11), reached: '10', isEnd: false }, '11', isExact);
      expect(texts(window)).toEqual(['1', '2', '3', gap, '10', '11']);
      window.arrive(shown(11));
      window.arrive(shown(12));
      window.flush();
      expect(texts(window).at(-1)).toBe('12');
    });

    it('has no gap where nothing is left out', () => {
      const window = open();
      window.begin(found(1, 3), '3');
      window.skipTo({ events: shownFrom(2, 6), reached: '2', isEnd: false }, '6', true);
      expect(texts(window)).toEqual(['1', '2', '3', '4', '5', '6']);
    });

    it('counts them as new while it is paused', () => {
      const window = open();
      window.begin(found(1, 3), '3');
      window.pause();
      window.skipTo({ events: shownFrom(10, 11), reached: '10', isEnd: false }, '11', true);
      expect(window.newCount).toBe(8);
      window.resume();
      expect(texts(window)).toEqual(['1', '2', '3', '6 skipped', '10', '11']);
    });
  });

  describe('fill', () => {
    const withGap = (): TailWindow => {
      const window = open(20);
      window.begin(found(1, 3), '3');
      window.skipTo({ events: shownFrom(10, 11), reached: '10', isEnd: false }, '11', true);
      return window;
    };

    it('puts events where they were left out, and keeps the rest of the gap', () => {
      const window = withGap();
      const gap = window.rows[3] as Gap;
      window.fill(gap, { events: shownFrom(4, 6), reached: '6', isEnd: false });
      expect(texts(window)).toEqual(['1', '2', '3', '4', '5', '6', '3 skipped', '10', '11']);
      expect(window.rows[6]).toMatchObject({ after: '6', before: '10' });
    });

    it('closes the gap when it reaches the other side', () => {
      const window = withGap();
      window.fill(window.rows[3] as Gap, { events: shownFrom(4, 12), reached: '12', isEnd: false });
      expect(texts(window)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
    });

    it('does nothing for a gap that was trimmed meanwhile', () => {
      const window = withGap();
      const gap = window.rows[3] as Gap;
      window.jump('0', { events: shownFrom(1, 2), reached: '2', isEnd: false, first: '1' });
      window.fill(gap, { events: shownFrom(4, 6), reached: '6', isEnd: false });
      expect(texts(window)).toEqual(['1', '2']);
    });
  });
});
