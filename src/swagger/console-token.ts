/** What the tabs of the console tell each other; its session has the same names. */
type TabMessage =
  { readonly type: 'ask' } | { readonly type: 'token'; readonly token: string } | { readonly type: 'signed-out' };

/**
 * The token that the console is signed in with: kept for this tab, or handed over by another one. `onChange` is called
 * with it, and with `undefined` when the console is signed out.
 */
export function watchConsoleToken(onChange: (token: string | undefined) => void): void {
  const key = `writer-hub token ${new URL('.', document.baseURI).pathname}`;
  const kept = sessionStorage.getItem(key);
  const channel = new BroadcastChannel(key);
  channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'token') onChange(data.token);
    if (data.type === 'signed-out') onChange(undefined);
  });
  if (kept !== null) onChange(kept);
  else channel.postMessage({ type: 'ask' } satisfies TabMessage);
}
