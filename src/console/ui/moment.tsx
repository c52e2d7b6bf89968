import { formatDateTime, formatIso, fromMilliseconds } from '../exact/nanoseconds';
import { useObservable } from '../state/observable';
import { timeView } from '../state/time-view';

/** A moment, in milliseconds since the Unix epoch, in the zone that was chosen. */
export function Moment({ at }: { readonly at: number }) {
  const { zone } = useObservable(timeView);
  const nanoseconds = fromMilliseconds(Math.ceil(at));
  return <time dateTime={formatIso(nanoseconds)}>{formatDateTime(nanoseconds, zone)}</time>;
}
