import type { WebSocket } from 'ws';
import type { CatalogueChanges } from '../../contract/store';
import type { ReadRoles, Told } from '../view-division';
import type { Asked } from './asked-sql';
import { answer } from './asked-roles';
import { Outbox, readMessages, type Reply, type Request, writeError, type WrittenOutcome } from './link-messages';
import type { OutcomeMemory } from './outcome-memory';

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
  /** Topics that it is told of, and their logs. */
  readonly #watched = new Map<string, string>();
  readonly #logs = new Set<string>();
  /** Topics of which the store has told that they are there no more, and not yet that what they held is. */
  readonly #removed = new Set<string>();
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
    socket.on('message', (bytes: Buffer) => {
      for (const request of readMessages(bytes)) this.#take(request as Request);
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
    if (this.#logs.has(log)) this.#outbox.add({ kind: 'outcome', log, number, outcome });
  }

  /** The store has told something; what is not watched is left out. */
  told(told: Told): void {
    const part = this.#partOf(told);
    if (part !== undefined) this.#outbox.add(part);
  }

  #partOf(told: Told): Told | undefined {
    switch (told.kind) {
      case 'onAdvance':
      case 'onQuarantine': {
        const ends = new Map([...told.ends].filter(([topic]) => this.#watched.has(topic)));
        return ends.size === 0 ? undefined : { kind: told.kind, ends };
      }
      case 'onChange': {
        const changes = this.#changesOf(told.changes);
        for (const { topic, streamId, kind } of changes.changes)
          if (kind === 'removed' && streamId === undefined) this.#removed.add(topic);
        return changes.writes.length + changes.changes.length === 0 ? undefined : { kind: 'onChange', changes };
      }
      case 'onRemove':
        // That all of it was removed, the catalogue of the other hub tells as well.
        return this.#watched.has(told.topic) && !this.#removed.delete(told.topic) ? told : undefined;
    }
  }

  /** What observers are given may be more than they are promised. */
  #changesOf({ writes, changes }: CatalogueChanges): CatalogueChanges {
    const isWatched = ({ topic }: { readonly topic: string }): boolean => this.#watched.has(topic);
    return {
      writes: writes.filter(isWatched).map(({ topic, streamId, bytes }) => ({ topic, bytes, ...named(streamId) })),
      changes: changes.filter(isWatched).map(({ topic, streamId, kind }) => ({ topic, kind, ...named(streamId) })),
    };
  }

  #take(request: Request): void {
    switch (request.kind) {
      case 'hello':
        this.#writer = request.writer;
        return;
      case 'watch':
        this.#watch(request);
        return;
      case 'unwatch':
        this.#logs.delete(this.#watched.get(request.topic) ?? '');
        this.#watched.delete(request.topic);
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
    this.#logs.delete(this.#watched.get(topic) ?? '');
    this.#watched.set(topic, log);
    this.#logs.add(log);
    for (const [number, outcome] of this.#parts.memory.find(log, this.#writer, from)) {
      this.#outbox.add({ kind: 'outcome', log, number, outcome });
    }
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

function named(streamId: string | undefined): { readonly streamId?: string } {
  return streamId === undefined ? {} : { streamId };
}
