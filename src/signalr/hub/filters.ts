import type { AnyClientMethods } from '../clients/clients';
import type { HubContext } from './hub-context';
import type { HubHooks } from './hub';

/** One call of a hub method. */
export interface HubInvocation<P = undefined, C = AnyClientMethods> {
  readonly context: HubContext<P, C>;
  /** The method's name as it was declared. */
  readonly method: string;
  /** The arguments, streams included. */
  readonly args: readonly unknown[];
}

/**
 * Wraps the methods and hooks of a hub, to authorise, log, measure or change them. The first of several filters is the
 * outermost. An error of a method or an inner filter is thrown by `next`.
 */
export interface HubFilter<P = undefined, C = AnyClientMethods> {
  /**
   * Wraps an invocation. What it returns, or what its promise resolves to, is the result, or for a stream method the
   * stream. `next` goes on with the same invocation or with another one; without a call of `next` the method is not
   * called.
   */
  readonly invoke?: (
    invocation: HubInvocation<P, C>,
    next: (invocation?: HubInvocation<P, C>) => Promise<unknown>,
  ) => unknown;
  /** Wraps `onConnected`. */
  readonly connected?: (context: HubContext<P, C>, next: () => Promise<unknown>) => unknown;
  /** Wraps `onDisconnected`. */
  readonly disconnected?: (
    context: HubContext<P, C>,
    error: Error | undefined,
    next: () => Promise<unknown>,
  ) => unknown;
}

/** Calls an action whose result or error becomes a promise in any case. */
async function settled(action: () => unknown): Promise<unknown> {
  return await action();
}

/** Carries out an invocation. */
export type InvocationHandler<P, C> = (invocation: HubInvocation<P, C>) => unknown;

/** The filters around the handler of invocations; `undefined` when there are none. */
export function filterInvocations<P, C>(
  filters: readonly HubFilter<P, C>[],
  carryOut: InvocationHandler<P, C>,
): InvocationHandler<P, C> | undefined {
  let outermost: InvocationHandler<P, C> | undefined;
  for (const { invoke } of filters.toReversed()) {
    if (invoke === undefined) continue;
    const inner = outermost ?? carryOut;
    outermost = (invocation) => invoke(invocation, (other = invocation) => settled(() => inner(other)));
  }
  return outermost;
}

/** The hooks of a hub with the filters around them. */
export function filterHooks<P, C>(filters: readonly HubFilter<P, C>[], hooks: HubHooks<P, C>): HubHooks<P, C> {
  let { onConnected, onDisconnected } = hooks;
  for (const { connected, disconnected } of filters.toReversed()) {
    if (connected !== undefined) {
      const inner = onConnected;
      onConnected = (context) => connected(context, () => settled(() => inner?.(context)));
    }
    if (disconnected !== undefined) {
      const inner = onDisconnected;
      onDisconnected = (context, error) => disconnected(context, error, () => settled(() => inner?.(context, error)));
    }
  }
  return { ...hooks, ...(onConnected && { onConnected }), ...(onDisconnected && { onDisconnected }) };
}
