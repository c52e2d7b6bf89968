interface Target {
  addEventListener?(name: string, listener: () => void): void;
  removeEventListener?(name: string, listener: () => void): void;
}

/** Calls back when a page comes to life again or has a network again; elsewhere never. Returns what ends that. */
export function onWake(callback: () => void): () => void {
  const page = globalThis as Target & { readonly document?: Target };
  const sources: [Target | undefined, string][] = [
    [page.document, 'visibilitychange'],
    [page, 'pageshow'],
    [page, 'online'],
  ];
  for (const [target, name] of sources) target?.addEventListener?.(name, callback);
  return () => {
    for (const [target, name] of sources) target?.removeEventListener?.(name, callback);
  };
}
