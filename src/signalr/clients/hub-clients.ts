import type { HubConnectionStore, ConnectedClient } from './hub-connection-store';
import type { ClientResults } from './client-results';
import type {
  AnyClientMethods,
  ClientArguments,
  ClientInvokeOptions,
  ClientInvoker,
  ClientMethodName,
  ClientProxy,
  ClientResult,
  HubCallerClients,
  HubClients,
  ResultOf,
  SingleClientProxy,
} from './clients';
import { MESSAGE_TYPE } from '../protocol/hub-messages';
import { NOT_SENT, RoomOfMany, SENT } from './room';
import { SharedMessage } from './shared-message';
import { checkName, checkNameList } from '../mistakes';

/** What calls of clients need to know of their server. */
export interface ClientCallHost {
  readonly store: HubConnectionStore;
  readonly results: ClientResults;
}

/** Several clients, looked up when they are called. */
class ManyClients<C> implements ClientProxy<C> {
  readonly #pick: () => Iterable<ConnectedClient | undefined>;

  constructor(pick: () => Iterable<ConnectedClient | undefined>) {
    this.#pick = pick;
  }

  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<boolean> {
    checkName('send', 'the name of the method', method);
    const message = new SharedMessage({ type: MESSAGE_TYPE.Invocation, target: method, arguments: args });
    let accepted = true;
    let slow: ConnectedClient[] | undefined;
    // A slow or lost client does not hold up the others: each has its own queue.
    for (const client of this.#pick()) {
      if (client?.sendShared(message) === true) continue;
      if (client?.congested === true) (slow ??= []).push(client);
      else accepted = false;
    }
    if (slow === undefined) return accepted ? SENT : NOT_SENT;
    return new RoomOfMany(slow, accepted);
  }
}

/** One client. */
class OneClient<C> implements SingleClientProxy<C> {
  readonly #host: ClientCallHost;
  readonly #connectionId: string;
  readonly #options: ClientInvokeOptions;
  readonly #onWait: (() => void) | undefined;

  constructor(
    host: ClientCallHost,
    connectionId: string,
    onWait: (() => void) | undefined,
    options: ClientInvokeOptions = {},
  ) {
    this.#host = host;
    this.#connectionId = connectionId;
    this.#onWait = onWait;
    this.#options = options;
  }

  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<boolean> {
    checkName('send', 'the name of the method', method);
    const client = this.#host.store.find(this.#connectionId);
    if (client === undefined) return NOT_SENT;
    if (client.send({ type: MESSAGE_TYPE.Invocation, target: method, arguments: args })) return SENT;
    return client.congested ? client.room() : NOT_SENT;
  }

  async invoke<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<ClientResult<C[N]>> {
    checkName('invoke', 'the name of the method', method);
    const { store, results } = this.#host;
    const client = store.find(this.#connectionId);
    if (client === undefined) throw new Error(`Connection '${this.#connectionId}' does not exist.`);
    const result = results.invoke(client, method, args, this.#options);
    if (client.cannotInvoke === undefined) this.#onWait?.();
    // The type is what the client declares.
    return result as Promise<ClientResult<C[N]>>;
  }

  withOptions<const O extends ClientInvokeOptions>(options: O): ClientInvoker<C, ResultOf<O>> {
    const all = { ...this.#options, ...options };
    // A result is of the kind that the options name, or the promise rejects.
    return new OneClient<C>(this.#host, this.#connectionId, this.#onWait, all) as ClientInvoker<C, ResultOf<O>>;
  }
}

/** The clients of a server. */
export class AllClients<C = AnyClientMethods> implements HubClients<C> {
  protected readonly store: HubConnectionStore;
  readonly #host: ClientCallHost;
  readonly #onWait: (() => void) | undefined;

  /** `onWait` is called when somebody begins to wait for the result of a client. */
  constructor(host: ClientCallHost, onWait?: () => void) {
    this.store = host.store;
    this.#host = host;
    this.#onWait = onWait;
  }

  get all(): ClientProxy<C> {
    return this.many(() => this.store.all());
  }

  allExcept(connectionIds: readonly string[]): ClientProxy<C> {
    checkNameList('clients.allExcept', 'connection ids', connectionIds);
    return this.many(() => except(this.store.all(), connectionIds));
  }

  client(connectionId: string): SingleClientProxy<C> {
    checkName('clients.client', 'the connection id', connectionId);
    return new OneClient<C>(this.#host, connectionId, this.#onWait);
  }

  clients(connectionIds: readonly string[]): ClientProxy<C> {
    checkNameList('clients.clients', 'connection ids', connectionIds);
    return this.many(() => [...new Set(connectionIds)].map((id) => this.store.find(id)));
  }

  group(name: string): ClientProxy<C> {
    checkName('clients.group', 'the name of the group', name);
    return this.many(() => this.store.group(name));
  }

  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C> {
    checkName('clients.groupExcept', 'the name of the group', name);
    checkNameList('clients.groupExcept', 'connection ids', connectionIds);
    return this.many(() => except(this.store.group(name), connectionIds));
  }

  groups(names: readonly string[]): ClientProxy<C> {
    checkNameList('clients.groups', 'names of groups', names);
    return this.many(() => this.store.groups(names));
  }

  user(userId: string): ClientProxy<C> {
    checkName('clients.user', 'the user id', userId);
    return this.many(() => this.store.user(userId));
  }

  users(userIds: readonly string[]): ClientProxy<C> {
    checkNameList('clients.users', 'user ids', userIds);
    return this.many(() => this.store.users(userIds));
  }

  protected many(pick: () => Iterable<ConnectedClient | undefined>): ClientProxy<C> {
    return new ManyClients<C>(pick);
  }
}

/** The clients of a server, as seen from one of them. */
export class CallerClients<C = AnyClientMethods> extends AllClients<C> implements HubCallerClients<C> {
  readonly #connectionId: string;

  constructor(host: ClientCallHost, connectionId: string, onWait?: () => void) {
    super(host, onWait);
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

function* except(clients: Iterable<ConnectedClient>, connectionIds: readonly string[]): Iterable<ConnectedClient> {
  const excepted = new Set(connectionIds);
  for (const client of clients) {
    if (!excepted.has(client.connectionId)) yield client;
  }
}
