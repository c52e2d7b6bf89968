import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveState } from '../api/live';
import { useConsole } from './console-context';
import { useObservable } from '../state/observable';

/** Milliseconds for which it is said that the connection is back. */
const BACK_SHOWN = 4000;

/** Says whether what is shown is live: quietly while it is, plainly while it is not, and once when it is again. */
export function ConnectionStatus() {
  const { live } = useConsole();
  const state = useObservable(live.state);
  const isBack = useIsBack(state);
  return (
    <div class="connection" role="status">
      <span class={`connection-dot connection-${state.kind}`} aria-hidden="true" />
      <span class="connection-text">
        {isBack ? 'Connected again' : textOf(state)}
        {state.kind === 'lost' && (
          <span class="connection-more"> at {new Date(state.since).toLocaleTimeString('en-GB')}. Trying again…</span>
        )}
      </span>
      {state.kind === 'lost' && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            live.retryNow();
          }}
        >
          Try now
        </button>
      )}
    </div>
  );
}

function textOf(state: LiveState): string {
  switch (state.kind) {
    case 'off':
      return 'Not connected';
    case 'connecting':
      return 'Connecting…';
    case 'connected':
      return 'Live';
    case 'lost':
      return 'Connection lost';
  }
}

/** Whether the connection has just come back. */
function useIsBack(state: LiveState): boolean {
  const [isBack, setIsBack] = useState(false);
  const before = useRef(state.kind);
  useEffect(() => {
    const wasLost = before.current === 'lost';
    before.current = state.kind;
    if (state.kind !== 'connected' || !wasLost) {
      setIsBack(false);
      return undefined;
    }
    setIsBack(true);
    const timer = setTimeout(() => {
      setIsBack(false);
    }, BACK_SHOWN);
    return () => {
      clearTimeout(timer);
    };
  }, [state.kind]);
  return isBack;
}
