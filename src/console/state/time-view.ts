import { formatDate, formatTime, type SecondDigits, type Zone } from '../exact/nanoseconds';
import { Observable } from './observable';

/** How times are shown. */
export interface TimeView {
  readonly zone: Zone;
  /** Of a second, in lists; details show all nine. */
  readonly digits: SecondDigits;
}

const KEY = 'writer-hub times';

const DEFAULT: TimeView = { zone: 'local', digits: 3 };

/** How this browser shows times, on every page; it is kept. */
export const timeView = new Observable<TimeView>(kept());

export function setTimeView(view: TimeView): void {
  timeView.set(view);
  try {
    localStorage.setItem(KEY, JSON.stringify(view));
  } catch {
    // Kept as long as the page is: storage is full or forbidden.
  }
}

/** An instant as lists show it: `2026-11-27 03:08:26.123`. */
export function shownTime(nanoseconds: bigint, { zone, digits }: TimeView): { date: string; time: string } {
  return { date: formatDate(nanoseconds, zone), time: formatTime(nanoseconds, zone, digits) };
}

function kept(): TimeView {
  try {
    const { zone, digits } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<TimeView>;
    return { zone: zone === 'utc' ? 'utc' : DEFAULT.zone, digits: digits === 9 ? 9 : DEFAULT.digits };
  } catch {
    // Nothing that was kept here, or no storage.
    return DEFAULT;
  }
}
