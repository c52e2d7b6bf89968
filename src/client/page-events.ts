interface Target {
  addEventListener?(name: string, listener: () => void): void;
  removeEventListener?(name: string, listener: () => void): void;
}

const WAKING = ['visibilitychange', 'pageshow', 'online'];

/** Calls back when a page comes to life again or has a network again; elsewhere never. Returns what ends that. */
export function onWake(callback: () => void): () => void {
  const page = globalThis as Target;
  for (const name of WAKING) page.addEventListener?.(name, callback);
  return () => {
    for (const name of WAKING) page.removeEventListener?.(name, callback);
  };
}
