import { asPromise } from './as-promise';
import type { HubContext } from '../hub/hub-context';
import type { HubHooks } from '../hub/hub';
import type { Logger } from '../logger';

/**
 * Runs the hooks of a hub for one connection: `onConnected` and `onDisconnected` at most once and one after the other,
 * `onAuthenticationRefreshed` between them.
 */
export class HubLifecycle<P, C> {
  /** Whether `onConnected` has succeeded, so that invocations may start. */
  ready = false;
  #begun = false;
  #ended = false;
  #connecting: Promise<unknown> | undefined;
  readonly #hooks: HubHooks<P, C>;
  readonly #context: HubContext<P, C>;
  readonly #logger: Logger;

  constructor(hooks: HubHooks<P, C>, context: HubContext<P, C>, logger: Logger) {
    this.#hooks = hooks;
    this.#context = context;
    this.#logger = logger;
  }

  /** Calls `onConnected`. `onReady` is called only if that is asynchronous. */
  begin(onReady: () => void, onFailed: (error: unknown) => void): void {
    this.#begun = true;
    const fail = (error: unknown): void => {
      this.#logger.error({ connectionId: this.#context.connectionId, err: error }, 'onConnected failed');
      onFailed(error);
    };
    try {
      this.#connecting = asPromise(this.#hooks.onConnected?.(this.#context));
    } catch (error) {
      fail(error);
      return;
    }
    this.ready = this.#connecting === undefined;
    this.#connecting?.then(() => {
      this.ready = true;
      onReady();
    }, fail);
  }

  /** Calls `onAuthenticationRefreshed` when `onConnected` has ended, if the connection is open then. */
  refresh(): void {
    const { onAuthenticationRefreshed } = this.#hooks;
    if (onAuthenticationRefreshed === undefined || !this.#begun || this.#ended) return;
    const call = (): unknown => (this.#ended ? undefined : onAuthenticationRefreshed(this.#context));
    this.#afterConnected(call, 'onAuthenticationRefreshed failed');
  }

  /** Calls `onDisconnected`, once, when `onConnected` has ended; does nothing if that was never called. */
  end(error: Error | undefined): void {
    if (!this.#begun || this.#ended) return;
    this.#ended = true;
    const disconnect = (): unknown => this.#hooks.onDisconnected?.(this.#context, error);
    this.#afterConnected(disconnect, 'onDisconnected failed');
  }

  #afterConnected(hook: () => unknown, failed: string): void {
    const log = (failure: unknown): void => {
      this.#logger.error({ connectionId: this.#context.connectionId, err: failure }, failed);
    };
    // Whether `onConnected` succeeded does not matter here, and its failure was logged.
    const connected = this.#connecting?.catch(() => undefined) ?? Promise.resolve();
    connected.then(hook).catch(log);
  }
}
