import { Session } from './session';

/** The session of this page. */
export function openSession(): Session {
  const key = `writer-hub token ${new URL('.', document.baseURI).pathname}`;
  return new Session({ storage: sessionStorage, channel: new BroadcastChannel(key), key });
}
