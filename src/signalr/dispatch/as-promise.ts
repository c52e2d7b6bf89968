/** A promise for what a promise-like value resolves to, `undefined` for any other value. */
export function asPromise(value: unknown): Promise<unknown> | undefined {
  if (value instanceof Promise) return value;
  if (typeof value !== 'object' || value === null || !('then' in value)) return undefined;
  return typeof value.then === 'function' ? Promise.resolve(value) : undefined;
}
