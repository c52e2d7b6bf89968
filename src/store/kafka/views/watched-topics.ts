import type { CatalogueChanges } from '../../contract/store';
import type { Told } from '../view-division';
import type { ViewScope } from './view-scope';

/** So much is kept of what is told of a topic of which the other hub does not know yet that there is such. */
const MOST_KEPT = 64;

/**
 * Which topics another hub is to be told of. One that is new may be written to before the other hub has heard of it and
 * said so: what is told meanwhile is kept.
 */
export class WatchedTopics {
  /** Topics and their logs. */
  readonly #watched = new Map<string, string>();
  /** Topics that it has others tell of. */
  readonly #left = new Set<string>();
  readonly #kept = new Map<string, Told[]>();
  /** Topics of which the store has told that they are there no more, and not yet that what they held is. */
  readonly #removed = new Set<string>();
  readonly #logs = new Set<string>();
  readonly #own: ViewScope;

  /** `own`: what the other hub has a view of itself. */
  constructor(own: ViewScope) {
    this.#own = own;
  }

  /** Whether it is told of a log. */
  hasLog(log: string): boolean {
    return this.#logs.has(log);
  }

  /** Gives what was told before. */
  watch(topic: string, log: string): readonly Told[] {
    const kept = this.#kept.get(topic) ?? [];
    this.forget(topic);
    this.#watched.set(topic, log);
    this.#logs.add(log);
    return kept;
  }

  /** Others tell of it. */
  leave(topic: string): void {
    this.forget(topic);
    this.#left.add(topic);
  }

  /** It is there no more. */
  forget(topic: string): void {
    this.#logs.delete(this.#watched.get(topic) ?? '');
    this.#watched.delete(topic);
    this.#left.delete(topic);
    this.#kept.delete(topic);
  }

  /** The part of what the store tells that is to be told; `undefined`: none. */
  partOf(told: Told): Told | undefined {
    for (const topic of topicsOf(told)) if (this.#isUndecided(topic)) this.#keep(topic, told);
    return this.#part(told, (topic) => this.#watched.has(topic));
  }

  #isUndecided(topic: string): boolean {
    return !this.#watched.has(topic) && !this.#left.has(topic) && !this.#own.has(topic);
  }

  #keep(topic: string, told: Told): void {
    const part = this.#part(told, (name) => name === topic);
    const kept = this.#kept.get(topic) ?? [];
    if (part !== undefined && kept.length < MOST_KEPT) this.#kept.set(topic, [...kept, part]);
  }

  #part(told: Told, has: (topic: string) => boolean): Told | undefined {
    switch (told.kind) {
      case 'onAdvance':
      case 'onQuarantine': {
        const ends = new Map([...told.ends].filter(([topic]) => has(topic)));
        return ends.size === 0 ? undefined : { kind: told.kind, ends };
      }
      case 'onChange': {
        const changes = changesOf(told.changes, has);
        for (const { topic, streamId, kind } of changes.changes)
          if (kind === 'removed' && streamId === undefined) this.#removed.add(topic);
        return changes.writes.length + changes.changes.length === 0 ? undefined : { kind: 'onChange', changes };
      }
      case 'onRemove':
        // That all of it was removed, the catalogue of the other hub tells as well.
        return has(told.topic) && !this.#removed.delete(told.topic) ? told : undefined;
    }
  }
}

function topicsOf(told: Told): Iterable<string> {
  switch (told.kind) {
    case 'onAdvance':
    case 'onQuarantine':
      return told.ends.keys();
    case 'onChange':
      return new Set([...told.changes.writes, ...told.changes.changes].map(({ topic }) => topic));
    case 'onRemove':
      return [told.topic];
  }
}

/** What observers are given may be more than they are promised. */
function changesOf({ writes, changes }: CatalogueChanges, has: (topic: string) => boolean): CatalogueChanges {
  const isAsked = ({ topic }: { readonly topic: string }): boolean => has(topic);
  return {
    writes: writes.filter(isAsked).map(({ topic, streamId, bytes }) => ({ topic, bytes, ...named(streamId) })),
    changes: changes.filter(isAsked).map(({ topic, streamId, kind }) => ({ topic, kind, ...named(streamId) })),
  };
}

function named(streamId: string | undefined): { readonly streamId?: string } {
  return streamId === undefined ? {} : { streamId };
}
