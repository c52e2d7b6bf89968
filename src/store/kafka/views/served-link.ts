import type { WebSocket } from 'ws';
import type { ReadRoles, Told } from '../view-division';
import type { Asked } from './asked-sql';
import { answer } from './asked-roles';
import { Outbox, readMessages, type Reply, type Request, writeError, type WrittenOutcome } from './link-messages';
import type { OutcomeMemory } from './outcome-memory';
import { ViewScope } from './view-scope';
import { WatchedTopics } from './watched-topics';

/** What a hub answers others with. */
export interface ServedParts {
  readonly roles: ReadRoles;
  readonly memory: OutcomeMemory;
  /** `undefined`: the store has no SQL. */
  readonly sql: Asked | undefined;
  /** Resolves when the catalogue has come to an offset. */
  readonly reached: (catalogue: number) => Promise<void>;
}

/** A link that another hub has opened to this one. */
export class ServedLink {
  readonly #socket: WebSocket;
  readonly #outbox: Outbox<Reply>;
  #topics = new WatchedTopics(new ViewScope('all'));
  /** Calls that are under way, and what gives them up. */
  readonly #calls = new Map<number, AbortController>();
  #writer = '';
  readonly #parts: ServedParts;

  constructor(socket: WebSocket, parts: ServedParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#outbox = new Outbox((bytes) => {
      if (socket.readyState === socket.OPEN) socket.send(bytes);
    });
    readMessages(socket, (request) => {
      this.#take(request as Request);
    });
    socket.on('close', () => {
      for (const call of this.#calls.values()) call.abort();
    });
    socket.on('error', () => {
      socket.terminate();
    });
  }

  /** Whose writes it has come to know of. */
  get writer(): string {
    return this.#writer;
  }

  /** A write of its hub was carried out. */
  settled(log: string, number: number, outcome: WrittenOutcome): void {
    if (this.#topics.hasLog(log)) this.#outbox.add({ kind: 'outcome', log, number, outcome });
  }

  /** The store has told something; what is not watched is left out. */
  told(told: Told): void {
    const part = this.#topics.partOf(told);
    if (part !== undefined) this.#outbox.add(part);
  }

  #take(request: Request): void {
    switch (request.kind) {
      case 'hello':
        this.#writer = request.writer;
        this.#topics = new WatchedTopics(new ViewScope(request.view));
        return;
      case 'watch':
        this.#watch(request);
        return;
      case 'leave':
        this.#topics.leave(request.topic);
        return;
      case 'forget':
        this.#topics.forget(request.topic);
        return;
      case 'call':
        void this.#call(request);
        return;
      case 'cancel':
        this.#calls.get(request.id)?.abort();
    }
  }

  /** What was carried out before is told at once, what is carried out from now on when it is. */
  #watch({ topic, log, from }: Extract<Request, { readonly kind: 'watch' }>): void {
    const kept = this.#topics.watch(topic, log);
    for (const [number, outcome] of this.#parts.memory.find(log, this.#writer, from)) {
      this.#outbox.add({ kind: 'outcome', log, number, outcome });
    }
    for (const told of kept) this.#outbox.add(told);
  }

  async #call({ id, call, args, catalogue }: Extract<Request, { readonly kind: 'call' }>): Promise<void> {
    const ending = new AbortController();
    this.#calls.set(id, ending);
    try {
      await this.#parts.reached(catalogue);
      const value = await this.#answer(call, args, ending.signal);
      this.#outbox.add({ kind: 'result', id, value });
    } catch (error) {
      this.#outbox.add({ kind: 'failure', id, error: writeError(error) });
    } finally {
      this.#calls.delete(id);
    }
  }

  #answer(call: string, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const { roles, sql } = this.#parts;
    if (call === 'sql.query' && sql !== undefined) return sql(args, signal);
    return answer(roles, call, args);
  }

  close(): void {
    this.#socket.terminate();
  }
}
