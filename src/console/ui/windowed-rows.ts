import { type RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Rows drawn above and below those that are seen. */
const MARGIN = 8;

export interface RowWindow {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

/**
 * Which rows of a long table are near enough to be seen to be drawn, as the page scrolls. `body`: the element that the
 * rows are in; `height`: of each, in pixels. Good for some hundred thousand rows: an element can be 33 million pixels
 * high.
 */
export function useWindowedRows(body: RefObject<HTMLElement | null>, count: number, height: number): RowWindow {
  const [seen, setSeen] = useState<RowWindow>({ first: 0, end: 60 });
  useEffect(() => {
    let frame: number | undefined;
    const measure = (): void => {
      frame = undefined;
      if (body.current === null) return;
      const top = -body.current.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(top / height) - MARGIN);
      const end = Math.max(0, Math.ceil((top + innerHeight) / height) + MARGIN);
      setSeen((before) => (before.first === first && before.end === end ? before : { first, end }));
    };
    const later = (): void => {
      frame ??= requestAnimationFrame(measure);
    };
    measure();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [body, height, count]);
  return { first: Math.min(seen.first, count), end: Math.min(seen.end, count) };
}
