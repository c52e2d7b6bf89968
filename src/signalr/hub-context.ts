import type { IncomingHttpHeaders } from 'node:http';

/** What is worth knowing of the request a connection came with. Its query may hold a token and is not kept. */
export interface ConnectionRequest {
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
}

/** The client of a connection. */
export interface Caller {
  /**
   * Calls a method of the client without waiting for anything. Returns false when so much waits to be sent already that the
   * caller of this had better slow down; past `maximumSendBufferSize` the connection is dropped. Does nothing once the
   * connection has ended.
   * @throws TypeError when an argument has no JSON form.
   */
  send(method: string, ...args: readonly unknown[]): boolean;
}

/** One connection, as hub methods and hooks see it. */
export interface HubContext<P = undefined> {
  readonly connectionId: string;
  /** Who `authenticate` said is there. */
  readonly principal: P;
  readonly request: ConnectionRequest;
  readonly caller: Caller;
  /** Aborted when the connection ends: nothing a method returns from then on reaches the client. */
  readonly signal: AbortSignal;
  /** Ends the connection with a Close message that does not ask the client to come back. */
  abort(): void;
}

/** What a context does through its connection. */
export interface ContextLink {
  send(method: string, args: readonly unknown[]): boolean;
  abort(): void;
}

/** The context of one connection. The abort signal is made when it is first asked for. */
export class ConnectionContext<P> implements HubContext<P> {
  readonly connectionId: string;
  readonly principal: P;
  readonly request: ConnectionRequest;
  readonly caller: Caller;
  readonly #link: ContextLink;
  #controller: AbortController | undefined;
  #ended = false;

  constructor(identity: Pick<HubContext<P>, 'connectionId' | 'principal' | 'request'>, link: ContextLink) {
    this.connectionId = identity.connectionId;
    this.principal = identity.principal;
    this.request = identity.request;
    this.caller = { send: (method, ...args) => link.send(method, args) };
    this.#link = link;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#link.abort();
  }

  /** The connection has ended. */
  end(): void {
    this.#ended = true;
    this.#controller?.abort();
  }
}
