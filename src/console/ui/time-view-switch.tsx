import { setTimeView, timeView } from '../state/time-view';
import { useObservable } from '../state/observable';

/** Local time or UTC, and with how many digits of a second. */
export function TimeViewSwitch() {
  const view = useObservable(timeView);
  return (
    <div class="time-view">
      <fieldset class="segments">
        <legend class="visually-hidden">Time zone</legend>
        {(['local', 'utc'] as const).map((zone) => (
          <label key={zone}>
            <input
              type="radio"
              name="time-zone"
              checked={view.zone === zone}
              onChange={() => {
                setTimeView({ ...view, zone });
              }}
            />
            <span>{zone === 'local' ? 'Local' : 'UTC'}</span>
          </label>
        ))}
      </fieldset>
      <label class="check" title="Show nanoseconds">
        <input
          type="checkbox"
          checked={view.digits === 9}
          onChange={() => {
            setTimeView({ ...view, digits: view.digits === 9 ? 3 : 9 });
          }}
        />
        ns<span class="visually-hidden">: show nanoseconds</span>
      </label>
    </div>
  );
}
