import type { Audience, Peer } from './hub-connection-store';
import type { ClientResults } from './client-results';
import type {
  AnyClientMethods,
  ClientArguments,
  ClientInvokeOptions,
  ClientInvoker,
  ClientMethodName,
  ClientProxy,
  HubCallerClients,
  HubClients,
  SingleClientProxy,
} from './clients';
import { MESSAGE_TYPE } from '../protocol/hub-messages';
import { SharedMessage } from './shared-message';

/** Where calls of clients go. */
export interface Switchboard {
  readonly audience: Audience;
  readonly results: ClientResults;
}

/** Several clients. Who they are is found out when they are called. */
class ManyClients<C> implements ClientProxy<C> {
  readonly #pick: () => Iterable<Peer | undefined>;

  constructor(pick: () => Iterable<Peer | undefined>) {
    this.#pick = pick;
  }

  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): boolean {
    const message = new SharedMessage({ type: MESSAGE_TYPE.Invocation, target: method, arguments: args });
    let unhindered = true;
    // One that is slow or gone holds nobody up: each has a queue of its own.
    for (const peer of this.#pick()) {
      if (peer?.deliver(message) !== true) unhindered = false;
    }
    return unhindered;
  }
}

/** One client. */
class OneClient<C> implements SingleClientProxy<C> {
  readonly #switchboard: Switchboard;
  readonly #connectionId: string;
  readonly #options: ClientInvokeOptions;
  readonly #onWait: (() => void) | undefined;

  constructor(
    switchboard: Switchboard,
    connectionId: string,
    onWait: (() => void) | undefined,
    options: ClientInvokeOptions = {},
  ) {
    this.#switchboard = switchboard;
    this.#connectionId = connectionId;
    this.#onWait = onWait;
    this.#options = options;
  }

  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): boolean {
    const peer = this.#switchboard.audience.find(this.#connectionId);
    return peer?.send({ type: MESSAGE_TYPE.Invocation, target: method, arguments: args }) === true;
  }

  async invoke<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<unknown> {
    const { audience, results } = this.#switchboard;
    const peer = audience.find(this.#connectionId);
    if (peer === undefined) throw new Error(`Connection '${this.#connectionId}' does not exist.`);
    const answer = results.invoke(peer, method, args, this.#options);
    if (peer.speechless === undefined) this.#onWait?.();
    return answer;
  }

  withOptions(options: ClientInvokeOptions): ClientInvoker<C> {
    return new OneClient<C>(this.#switchboard, this.#connectionId, this.#onWait, { ...this.#options, ...options });
  }
}

/** The clients of a server. */
export class AllClients<C = AnyClientMethods> implements HubClients<C> {
  protected readonly audience: Audience;
  readonly #switchboard: Switchboard;
  readonly #onWait: (() => void) | undefined;

  /** `onWait` is called when the answer of a client is waited for. */
  constructor(switchboard: Switchboard, onWait?: () => void) {
    this.audience = switchboard.audience;
    this.#switchboard = switchboard;
    this.#onWait = onWait;
  }

  get all(): ClientProxy<C> {
    return this.many(() => this.audience.everyone());
  }

  allExcept(connectionIds: readonly string[]): ClientProxy<C> {
    return this.many(() => except(this.audience.everyone(), connectionIds));
  }

  client(connectionId: string): SingleClientProxy<C> {
    return new OneClient<C>(this.#switchboard, connectionId, this.#onWait);
  }

  clients(connectionIds: readonly string[]): ClientProxy<C> {
    return this.many(() => [...new Set(connectionIds)].map((id) => this.audience.find(id)));
  }

  group(name: string): ClientProxy<C> {
    return this.many(() => this.audience.group(name));
  }

  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C> {
    return this.many(() => except(this.audience.group(name), connectionIds));
  }

  groups(names: readonly string[]): ClientProxy<C> {
    return this.many(() => this.audience.groups(names));
  }

  user(userId: string): ClientProxy<C> {
    return this.many(() => this.audience.user(userId));
  }

  users(userIds: readonly string[]): ClientProxy<C> {
    return this.many(() => this.audience.users(userIds));
  }

  protected many(pick: () => Iterable<Peer | undefined>): ClientProxy<C> {
    return new ManyClients<C>(pick);
  }
}

/** The clients of a server, as seen from one of them. */
export class CallerClients<C = AnyClientMethods> extends AllClients<C> implements HubCallerClients<C> {
  readonly #connectionId: string;

  constructor(switchboard: Switchboard, connectionId: string, onWait?: () => void) {
    super(switchboard, onWait);
    this.#connectionId = connectionId;
  }

  get caller(): SingleClientProxy<C> {
    return this.client(this.#connectionId);
  }

  get others(): ClientProxy<C> {
    return this.allExcept([this.#connectionId]);
  }

  othersInGroup(name: string): ClientProxy<C> {
    return this.groupExcept(name, [this.#connectionId]);
  }
}

function* except(peers: Iterable<Peer>, connectionIds: readonly string[]): Iterable<Peer> {
  const excepted = new Set(connectionIds);
  for (const peer of peers) {
    if (!excepted.has(peer.connectionId)) yield peer;
  }
}
