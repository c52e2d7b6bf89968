import { useEffect, useRef } from 'preact/hooks';

/** Runs now and every `interval` milliseconds while the page can be seen, and at once when it is seen again. */
export function useWhileVisible(run: () => void, interval: number): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    const follow = (): void => {
      clearInterval(timer);
      if (document.visibilityState !== 'visible') return;
      latest.current();
      timer = setInterval(() => {
        latest.current();
      }, interval);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }, [interval]);
}
