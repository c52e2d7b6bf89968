import {
  NOTHING_SELECTED,
  selectAll,
  selectOne,
  selectTo,
  toggle,
  type Selection,
} from '../../../../src/console/pages/stream/selection';
import type { Row } from '../../../../src/console/tail/event';
import { shown, shownFrom } from '../../tail/made-events';

const rows: Row[] = [
  ...shownFrom(1, 3),
  { kind: 'gap', after: '3', before: '7', count: 3, isExact: true },
  ...shownFrom(7, 9),
];
const event = (offset: number): ReturnType<typeof shown> =>
  rows.find((row) => row.kind === 'event' && row.offset === String(offset)) as ReturnType<typeof shown>;
const offsets = ({ events }: Selection): string[] => [...events.keys()];

describe('a selection', () => {
  it('is one event', () => {
    expect(offsets(selectOne(event(2)))).toEqual(['2']);
  });

  it('grows and shrinks by single events', () => {
    const two = toggle(selectOne(event(2)), event(8));
    expect(offsets(two)).toEqual(['2', '8']);
    expect(offsets(toggle(two, event(2)))).toEqual(['8']);
  });

  it.each([
    [2, 8, ['2', '3', '7', '8']],
    [8, 2, ['2', '3', '7', '8']],
    [2, 2, ['2']],
  ])('reaches from %d to %d, over gaps', (from, to, expected) => {
    expect(offsets(selectTo(selectOne(event(from)), event(to), rows))).toEqual(expected);
  });

  it('keeps its anchor while its other end moves', () => {
    const up = selectTo(selectOne(event(3)), event(8), rows);
    expect(offsets(selectTo(up, event(1), rows))).toEqual(['1', '2', '3']);
  });

  it('is the one event where the anchor is there no more', () => {
    expect(offsets(selectTo(NOTHING_SELECTED, event(8), rows))).toEqual(['8']);
  });

  it('is all events, and no gap', () => {
    expect(offsets(selectAll(rows))).toEqual(['1', '2', '3', '7', '8', '9']);
  });
});
