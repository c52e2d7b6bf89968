import { useObservable } from '../state/observable';
import { type Console, ConsoleContext } from './console-context';
import type { PageRoute } from './page-route';
import { Shell } from './shell';
import { SignIn } from './sign-in';

interface Props {
  readonly parts: Console;
  readonly routes: readonly PageRoute[];
}

/** The console: signed in, or asking for a token. */
export function App({ parts, routes }: Props) {
  const state = useObservable(parts.session.state);
  return (
    <ConsoleContext.Provider value={parts}>
      {state.kind === 'signed-in' ? <Shell key={state.token} routes={routes} /> : <SignIn {...state} />}
    </ConsoleContext.Provider>
  );
}
