import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../exact/numbers';
import type { Tail } from '../../tail/tail';
import { Button } from '../../ui/button';

/** Screen readers are told at most this often, in milliseconds, unless the state itself changes. */
const TOLD_EVERY = 10_000;
const TICK_MS = 1_000;

/** Whether the rows are live, and what to know of them: the one line of status. */
export function TailStatusLine({ tail }: { readonly tail: Tail }) {
  const text = statusText(tail);
  const { status } = tail;
  useTicks(tail.isRateMoving);
  return (
    <div class="tail-status">
      <span class={`connection-dot connection-${dotOf(tail)}`} aria-hidden="true" />
      <span class={status.kind === 'refused' ? 'error-text' : 'numbers'}>{text}</span>
      {status.kind === 'refused' && <Button onClick={() => void tail.start()}>Try again</Button>}
      <Told text={text} kind={tail.window.isPaused ? 'paused' : status.kind} />
    </div>
  );
}

/** Draws once more in a second: a rate falls to 0 although nothing comes that would draw it. */
function useTicks(isMoving: boolean): void {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setTimeout(() => {
      setTicks((count) => count + 1);
    }, TICK_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isMoving, ticks]);
}

/** The same for screen readers, which rows that come and go would flood. */
function Told({ text, kind }: { readonly text: string; readonly kind: string }) {
  const [told, setTold] = useState(text);
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    setTold(latest.current);
    const timer = setInterval(() => {
      setTold(latest.current);
    }, TOLD_EVERY);
    return () => {
      clearInterval(timer);
    };
  }, [kind]);
  return (
    <span class="visually-hidden" role="status">
      {told}
    </span>
  );
}

function dotOf({ status, window }: Tail): string {
  if (status.kind === 'live') return window.isPaused ? 'paused' : 'connected';
  return status.kind === 'lost' || status.kind === 'refused' ? 'lost' : 'connecting';
}

function statusText(tail: Tail): string {
  const { status, window } = tail;
  switch (status.kind) {
    case 'loading':
      return 'Loading…';
    case 'catching-up':
      return tail.hasComeBack ? 'Connected again, reading what was missed…' : 'Reading…';
    case 'lost':
      return 'The connection is lost. The rows stay, and what is missed will follow.';
    case 'waiting':
      return `Waiting: ${status.reason}. It is shown as soon as it is made.`;
    case 'refused':
      return `The server does not give more: ${status.reason}`;
    case 'live':
      return liveText(tail.perSecond, window.isPaused, tail.hasComeBack);
  }
}

function liveText(perSecond: number, isPaused: boolean, hasComeBack: boolean): string {
  const rate = `${formatCount(perSecond)} events/s`;
  const back = hasComeBack ? ' · the connection was lost and is back, nothing was missed' : '';
  return `${isPaused ? 'Paused' : 'Live'} · ${rate}${back}`;
}
