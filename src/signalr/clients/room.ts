import type { ConnectedClient } from './hub-connection-store';

/** How a call ends at once that all clients had room for. */
export const SENT: Promise<boolean> = Promise.resolve(true);
/** How a call ends at once of which a client that was named is gone. */
export const NOT_SENT: Promise<boolean> = Promise.resolve(false);

/**
 * The wait until several clients have taken what was sent to them. Nothing waits until somebody asks: most callers do
 * not, and may call many times while a client is slow.
 */
export class RoomOfMany implements Promise<boolean> {
  readonly [Symbol.toStringTag] = 'RoomOfMany';
  readonly #slow: readonly ConnectedClient[];
  readonly #othersTookIt: boolean;

  constructor(slow: readonly ConnectedClient[], othersTookIt: boolean) {
    this.#slow = slow;
    this.#othersTookIt = othersTookIt;
  }

  then<T = boolean, E = never>(
    onFulfilled?: ((mayGoOn: boolean) => T | PromiseLike<T>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return this.#wait().then(onFulfilled, onRejected);
  }

  catch<E = never>(onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<boolean | E> {
    return this.#wait().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<boolean> {
    return this.#wait().finally(onFinally);
  }

  async #wait(): Promise<boolean> {
    let allTookIt = this.#othersTookIt;
    for (const took of await Promise.all(this.#slow.map(roomOf))) allTookIt &&= took;
    return allTookIt;
  }
}

/** Resolves when a client that was congested has room, or is gone. */
export function roomOf(client: ConnectedClient): Promise<boolean> {
  return client.congested ? client.room() : SENT;
}
