import { Session, type TabMessage } from './session';

/** The session of this page. */
export function openSession(): Session {
  const key = `writer-hub token ${new URL('.', document.baseURI).pathname}`;
  const tabs = new BroadcastChannel(key);
  const channel = {
    tell: (message: TabMessage) => {
      tabs.postMessage(message);
    },
    onTold: (listener: (message: TabMessage) => void) => {
      tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => {
        listener(data);
      };
    },
  };
  return new Session({ storage: sessionStorage, channel, key });
}
