import { useLayoutEffect, useRef } from 'preact/hooks';

/** How far a key moves, as a part of the whole. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowUp: -0.01,
  ArrowDown: 0.01,
  PageUp: -0.1,
  PageDown: 0.1,
  Home: -1,
  End: 1,
};

interface Props {
  /** The id of what it scrolls. */
  readonly controls: string;
  readonly label: string;
  /** How far along the first row is that can be seen, 0 to 1. */
  readonly at: number;
  /** Which part of the whole can be seen, 0 to 1. */
  readonly share: number;
  /** What is there, in words. */
  readonly valueText: string;
  readonly onMove: (at: number) => void;
}

/**
 * A scrollbar for what is far longer than an element can be: it stands for positions in a log and not for pixels, of
 * which Chromium has 33 million and Firefox 17.
 */
export function PositionRail({ controls, label, at, share, valueText, onMove }: Props) {
  const rail = useRef<HTMLDivElement>(null);
  const thumb = useRef<HTMLDivElement>(null);
  const isDragged = useRef(false);
  useLayoutEffect(() => {
    const height = Math.max(8, Math.min(1, share) * 100);
    thumb.current!.style.height = `${height}%`;
    thumb.current!.style.top = `${Math.min(1, Math.max(0, at)) * (100 - height)}%`;
  }, [at, share]);
  const follow = (event: PointerEvent): void => {
    const { top, height } = rail.current!.getBoundingClientRect();
    const thumbHeight = thumb.current!.getBoundingClientRect().height;
    onMove(Math.min(1, Math.max(0, (event.clientY - top - thumbHeight / 2) / Math.max(1, height - thumbHeight))));
  };
  return (
    <div
      ref={rail}
      class="rail"
      role="scrollbar"
      aria-controls={controls}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      aria-valuetext={valueText}
      tabIndex={0}
      onKeyDown={(event) => {
        const step = KEYS[event.key];
        if (step === undefined) return;
        event.preventDefault();
        onMove(Math.min(1, Math.max(0, at + step)));
      }}
      onPointerDown={(event) => {
        isDragged.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      }}
      onPointerMove={(event) => {
        if (isDragged.current) follow(event);
      }}
      onPointerUp={() => {
        isDragged.current = false;
      }}
      onPointerCancel={() => {
        isDragged.current = false;
      }}
    >
      <div ref={thumb} class="rail-thumb" />
    </div>
  );
}
