import { useEffect, useState } from 'preact/hooks';
import { Observable } from './observable-value';

export { Observable };

/** The value, of which the component is drawn anew whenever it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const [value, setValue] = useState(() => observable.value);
  useEffect(() => {
    // It may have changed between the drawing and this.
    setValue(() => observable.value);
    return observable.subscribe((next) => {
      setValue(() => next);
    });
  }, [observable]);
  return value;
}
