import { setMaxListeners } from 'node:events';
import type { AnyClientMethods, GroupManager, HubCallerClients, SingleClientProxy } from '../clients/clients';
import { CallerClients, type ClientCallHost } from '../clients/hub-clients';
import type { ProtocolName, TransportName } from '../names';
import type { ConnectionRequest } from './connection-request';

/** One connection, as hub methods, hooks and filters see it. Each invocation has a context of its own. */
export interface HubContext<P = undefined, C = AnyClientMethods> {
  readonly connectionId: string;
  /**
   * The principal that `authenticate` returned: for an invocation, that of the request which brought it or, as long as
   * it takes upload streams, their latest item; for a hook, that of the connection's latest request.
   */
  readonly principal: P;
  /** The user id that `authenticate` returned. */
  readonly userId: string | undefined;
  /** The request that began the connection, with its transport: the negotiation came before it, POSTs come after. */
  readonly request: ConnectionRequest;
  readonly transport: TransportName;
  /** The encoding that the client has chosen; `undefined` as long as it has not, which `closeConnections` may see. */
  readonly protocol: ProtocolName | undefined;
  /** Values that the application keeps with the connection. */
  readonly items: Map<unknown, unknown>;
  /** The client of the connection. */
  readonly caller: SingleClientProxy<C>;
  readonly clients: HubCallerClients<C>;
  readonly groups: GroupManager;
  /**
   * For an invocation: aborted when the client cancels it or the connection ends while it runs. What it returns
   * afterwards does not reach the client. A client that closes in good order has what it sent before completed: then it
   * is aborted after `closeTimeout`. For a hook: the same as `connectionAborted`.
   */
  readonly signal: AbortSignal;
  /** Aborted at once when the client leaves or the connection ends: for work that outlives its invocation. */
  readonly connectionAborted: AbortSignal;
  /** Ends the connection with a Close message that does not ask the client to come back. */
  abort(): void;
}

/** What is known of a connection when it begins. */
export interface ConnectionIdentity<P> {
  readonly connectionId: string;
  readonly principal: P;
  readonly userId?: string | undefined;
  readonly transport: TransportName;
  readonly request: ConnectionRequest;
}

/** The context of one connection, which hooks get. Its rarely used parts are created on first use. */
export class ConnectionContext<P, C> implements HubContext<P, C> {
  readonly connectionId: string;
  principal: P;
  /** The principal of the request that brought the message which is being dispatched. */
  carrier: P;
  readonly userId: string | undefined;
  readonly request: ConnectionRequest;
  readonly transport: TransportName;
  protocol: ProtocolName | undefined;
  readonly host: ClientCallHost;
  readonly #abort: () => void;
  #items: Map<unknown, unknown> | undefined;
  #controller: AbortController | undefined;
  #invocations: Set<InvocationContext<P, C>> | undefined;
  #left = false;
  #ended = false;

  constructor(identity: ConnectionIdentity<P>, host: ClientCallHost, abort: () => void) {
    this.connectionId = identity.connectionId;
    this.principal = this.carrier = identity.principal;
    this.userId = identity.userId;
    this.request = identity.request;
    this.transport = identity.transport;
    this.host = host;
    this.#abort = abort;
  }

  get items(): Map<unknown, unknown> {
    return (this.#items ??= new Map());
  }

  get caller(): SingleClientProxy<C> {
    return this.clients.caller;
  }

  get clients(): HubCallerClients<C> {
    return new CallerClients<C>(this.host, this.connectionId);
  }

  get groups(): GroupManager {
    return this.host.groups;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = endingOfMany();
      if (this.#left) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get connectionAborted(): AbortSignal {
    return this.signal;
  }

  get ended(): boolean {
    return this.#ended;
  }

  abort(): void {
    this.#abort();
  }

  /** Cancels an invocation when the connection ends. */
  watch(invocation: InvocationContext<P, C>): void {
    this.#invocations ??= new Set();
    this.#invocations.add(invocation);
  }

  unwatch(invocation: InvocationContext<P, C>): void {
    this.#invocations?.delete(invocation);
  }

  /** The client has left. What it sent before may still complete. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#controller?.abort();
  }

  /** The connection has ended: its invocations are cancelled. */
  end(): void {
    if (this.#ended) return;
    this.leave();
    this.#ended = true;
    for (const invocation of this.#invocations ?? []) invocation.cancel();
    this.#invocations = undefined;
  }
}

/** Owns the slots that limit parallel invocations. */
export interface InvocationSlotOwner<P, C> {
  /**
   * The invocation gives up its slot. It waits for the client, which may have to invoke something else before it
   * answers.
   */
  release(invocation: InvocationContext<P, C>): void;
}

/** The context of one invocation: that of its connection, with a signal of its own. */
export class InvocationContext<P, C> implements HubContext<P, C> {
  principal: P;
  readonly #connection: ConnectionContext<P, C>;
  readonly #slots: InvocationSlotOwner<P, C>;
  #controller: AbortController | undefined;
  #cancelled = false;
  #ended = false;

  constructor(
    connection: ConnectionContext<P, C>,
    slots: InvocationSlotOwner<P, C>,
    /** How many bytes its message had. */
    readonly size: number,
    /** Whether it takes one of the slots for parallel invocations. */
    public holdsSlot: boolean,
  ) {
    this.#connection = connection;
    this.#slots = slots;
    this.principal = connection.carrier;
  }

  get connectionId(): string {
    return this.#connection.connectionId;
  }

  get userId(): string | undefined {
    return this.#connection.userId;
  }

  get request(): ConnectionRequest {
    return this.#connection.request;
  }

  get transport(): TransportName {
    return this.#connection.transport;
  }

  get protocol(): ProtocolName | undefined {
    return this.#connection.protocol;
  }

  get items(): Map<unknown, unknown> {
    return this.#connection.items;
  }

  get caller(): SingleClientProxy<C> {
    return this.clients.caller;
  }

  get clients(): HubCallerClients<C> {
    return new CallerClients<C>(this.#connection.host, this.#connection.connectionId, () => {
      if (this.holdsSlot) this.#slots.release(this);
    });
  }

  get groups(): GroupManager {
    return this.#connection.groups;
  }

  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    this.#controller = endingOfMany();
    if (this.#cancelled || this.#connection.ended) this.#controller.abort();
    else if (!this.#ended) this.#connection.watch(this);
    return this.#controller.signal;
  }

  get connectionAborted(): AbortSignal {
    return this.#connection.signal;
  }

  abort(): void {
    this.#connection.abort();
  }

  /** The client has cancelled the invocation, or the connection has ended. */
  cancel(): void {
    if (this.#ended) return;
    this.#cancelled = true;
    this.#controller?.abort();
  }

  /** The invocation has ended. */
  end(): void {
    this.#ended = true;
    if (this.#controller !== undefined) this.#connection.unwatch(this);
  }
}

/** A lot may end with a connection or a call; it is no leak that Node.js should warn of. */
function endingOfMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
