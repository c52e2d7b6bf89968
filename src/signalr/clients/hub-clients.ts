import { type Audience, EVERYBODY, NOBODY, pickClients } from './audience';
import type { ConnectedClient, HubConnectionStore } from './hub-connection-store';
import type { ClientResults } from './client-results';
import type {
  AnyClientMethods,
  ClientArguments,
  ClientInvokeOptions,
  ClientInvoker,
  ClientMethodName,
  ClientProxy,
  ClientResult,
  GroupManager,
  HubCallerClients,
  HubClients,
  ResultOf,
  SingleClientProxy,
} from './clients';
import { MESSAGE_TYPE } from '../protocol/hub-messages';
import { checkName, checkNameList } from '../mistakes';
import type { RemoteClients } from './remote-clients';
import { NOT_SENT, RoomOfMany, SENT } from './room';
import { OwnMessage } from './shared-message';

/** What calls of clients need to know of their server. */
export interface ClientCallHost {
  readonly store: HubConnectionStore;
  readonly results: ClientResults;
  readonly groups: GroupManager;
  /** The clients of other servers, if there is a backplane. */
  readonly remote: RemoteClients | undefined;
}

/** Several clients, looked up when they are called. */
class ManyClients<C> implements ClientProxy<C> {
  readonly #host: ClientCallHost;
  readonly #audience: Audience;

  constructor(host: ClientCallHost, audience: Audience) {
    this.#host = host;
    this.#audience = audience;
  }

  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<boolean> {
    checkName('send', 'the name of the method', method);
    const { store, remote } = this.#host;
    const message = new OwnMessage({ type: MESSAGE_TYPE.Invocation, target: method, arguments: args });
    // Nobody hears of a call that has no encoding: that is the caller's error.
    const elsewhere = remote?.prepare(this.#audience, message);
    let accepted = true;
    let slow: ConnectedClient[] | undefined;
    // A slow or lost client does not hold up the others: each has its own queue.
    for (const client of pickClients(store, this.#audience)) {
      if (client?.sendShared(message) === true) continue;
      if (client?.congested === true) (slow ??= []).push(client);
      // With other servers, whoever is not here may be there.
      else if (client !== undefined || remote === undefined) accepted = false;
    }
    if (elsewhere?.publish() === false) accepted = false;
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
    const { store, remote } = this.#host;
    const client = store.find(this.#connectionId);
    const message = { type: MESSAGE_TYPE.Invocation, target: method, arguments: args };
    if (client !== undefined) {
      if (client.send(message)) return SENT;
      return client.congested ? client.room() : NOT_SENT;
    }
    if (remote?.owns(this.#connectionId) !== true) return NOT_SENT;
    const audience: Audience = { to: 'connections', names: [this.#connectionId], except: NOBODY };
    return remote.prepare(audience, new OwnMessage(message)).publish() ? SENT : NOT_SENT;
  }

  async invoke<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<ClientResult<C[N]>> {
    checkName('invoke', 'the name of the method', method);
    const { store, results, remote } = this.#host;
    const client = store.find(this.#connectionId);
    if (client === undefined && remote?.owns(this.#connectionId) === true) {
      const answer = remote.invoke(this.#connectionId, { target: method, arguments: args }, this.#options);
      this.#onWait?.();
      // The type is what the client declares.
      return answer as Promise<ClientResult<C[N]>>;
    }
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
  readonly #host: ClientCallHost;
  readonly #onWait: (() => void) | undefined;

  /** `onWait` is called when somebody begins to wait for the result of a client. */
  constructor(host: ClientCallHost, onWait?: () => void) {
    this.#host = host;
    this.#onWait = onWait;
  }

  get all(): ClientProxy<C> {
    return this.many(EVERYBODY);
  }

  allExcept(connectionIds: readonly string[]): ClientProxy<C> {
    checkNameList('clients.allExcept', 'connection ids', connectionIds);
    return this.many({ to: 'all', names: NOBODY, except: connectionIds });
  }

  client(connectionId: string): SingleClientProxy<C> {
    checkName('clients.client', 'the connection id', connectionId);
    return new OneClient<C>(this.#host, connectionId, this.#onWait);
  }

  clients(connectionIds: readonly string[]): ClientProxy<C> {
    checkNameList('clients.clients', 'connection ids', connectionIds);
    return this.many({ to: 'connections', names: connectionIds, except: NOBODY });
  }

  group(name: string): ClientProxy<C> {
    checkName('clients.group', 'the name of the group', name);
    return this.many({ to: 'groups', names: [name], except: NOBODY });
  }

  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C> {
    checkName('clients.groupExcept', 'the name of the group', name);
    checkNameList('clients.groupExcept', 'connection ids', connectionIds);
    return this.many({ to: 'groups', names: [name], except: connectionIds });
  }

  groups(names: readonly string[]): ClientProxy<C> {
    checkNameList('clients.groups', 'names of groups', names);
    return this.many({ to: 'groups', names, except: NOBODY });
  }

  user(userId: string): ClientProxy<C> {
    checkName('clients.user', 'the user id', userId);
    return this.many({ to: 'users', names: [userId], except: NOBODY });
  }

  users(userIds: readonly string[]): ClientProxy<C> {
    checkNameList('clients.users', 'user ids', userIds);
    return this.many({ to: 'users', names: userIds, except: NOBODY });
  }

  protected many(audience: Audience): ClientProxy<C> {
    return new ManyClients<C>(this.#host, audience);
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
