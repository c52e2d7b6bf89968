import { render } from 'preact';
import { addressOf, api } from './api/api';
import { Live } from './api/live';
import { App } from './app/app';
import { ROUTES } from './routes';
import { openSession } from './app/open-session';
import type { SessionState } from './app/session';

const session = openSession();
// Before any request, so that the token neither stays in the address nor in the history.
session.takeFromAddress({ location, history });

const calls = api(session);
const live = new Live(
  addressOf(['hub']).href,
  () => session.token ?? '',
  () => {
    // An answer of 401 signs out with the server's reason, which the client of the hub does not pass on.
    calls.get(['topics'], { query: { limit: 1 } }).catch(() => undefined);
  },
);

const follow = (state: SessionState): void => {
  if (state.kind === 'signed-in')
    void live.stop().then(() => {
      if (session.token === state.token) live.start();
    });
  else void live.stop();
};
follow(session.state.value);
session.state.subscribe(follow);

addEventListener('hashchange', () => {
  session.takeFromAddress({ location, history });
});
// What a hidden or a sleeping machine has missed is fetched as soon as somebody looks.
addEventListener('online', () => {
  live.retryNow();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') live.retryNow();
});

render(<App parts={{ session, api: calls, live }} routes={ROUTES} />, document.querySelector('#app')!);
