import { useEffect, useState } from 'preact/hooks';

/** Where a row has two lines, as in the style sheet. */
const NARROW = '(width < 48rem)';

/** Height of a row in pixels: one line, or two where the window is narrow. */
const ONE_LINE = 30;
const TWO_LINES = 54;

export function useRowHeight(): number {
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const follow = (): void => {
      setIsNarrow(query.matches);
    };
    query.addEventListener('change', follow);
    return () => {
      query.removeEventListener('change', follow);
    };
  }, []);
  return isNarrow ? TWO_LINES : ONE_LINE;
}
