import type { DefinitionFeed, DefinitionQuery, DefinitionUpdate } from '../feed/definition-feed';
import type { HeldBytes } from '../limits/held-bytes';
import { RawJson } from '../signalr';
import type { DefinitionKind, EventDefinition, ParameterDefinition } from '../store/contract/definitions';
import { EVERY } from './read-arguments';
import type { SubscribingConnection } from './record-subscriptions';
import { type Places, SubscriptionPlaces } from './subscription-places';

/** Memory of a stream of which a client was told, about. */
const STREAM_BYTES = 256;

/** The method of the client that is called, by what it is told of. */
const CALLBACKS: Readonly<Record<DefinitionKind, string>> = {
  parameters: 'ParameterDefinitionsUpdated',
  events: 'EventDefinitionsUpdated',
};

/** A stream, or `*`, and what is asked of it. */
export interface DefinitionPattern {
  readonly topic: string;
  readonly streamId: string;
  readonly kind: DefinitionKind;
}

export interface DefinitionSubscriptionParts {
  readonly definitions: Pick<DefinitionFeed, 'follow'>;
  /** Each subscription takes a place. */
  readonly followers: Places;
  readonly held: Pick<HeldBytes, 'take' | 'release'>;
}

interface Subscribed {
  readonly pattern: DefinitionPattern;
  readonly ending: AbortController;
}

/** The subscriptions of one connection to what is said of parameters and events. */
export class DefinitionSubscriptions {
  readonly #subscribed = new Map<string, Subscribed>();
  readonly #places: SubscriptionPlaces;
  readonly #connection: SubscribingConnection;
  readonly #parts: DefinitionSubscriptionParts;

  constructor(connection: SubscribingConnection, parts: DefinitionSubscriptionParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#places = new SubscriptionPlaces(parts.followers);
  }

  has(pattern: DefinitionPattern): boolean {
    return this.#subscribed.has(keyOf(pattern));
  }

  /** Resolves when every change from then on will be told. Rejects as `DefinitionFeed.follow`. */
  async subscribe(pattern: DefinitionPattern): Promise<void> {
    const key = keyOf(pattern);
    const { holder } = this.#connection;
    this.#places.take(key, holder);
    const ending = new AbortController();
    this.#subscribed.set(key, { pattern, ending });
    const updates = this.#parts.definitions.follow(queryOf(pattern), {
      signal: ending.signal,
      holder,
      remember: (streams) => {
        const { held } = this.#parts;
        if (streams > 0) held.take(holder, streams * STREAM_BYTES);
        else held.release(holder, -streams * STREAM_BYTES);
      },
    });
    try {
      const first = await updates.next();
      void this.#tell(pattern, first.value ?? [], updates, ending.signal);
    } catch (error) {
      this.unsubscribe(pattern);
      throw error;
    }
  }

  /** Returns how many have ended. */
  unsubscribe(pattern: DefinitionPattern): number {
    const key = keyOf(pattern);
    const subscribed = this.#subscribed.get(key);
    if (subscribed === undefined) return 0;
    this.#subscribed.delete(key);
    subscribed.ending.abort();
    this.#places.release(key);
    return 1;
  }

  unsubscribeFromStream(topic: string, streamId: string): number {
    const of = this.#patterns.filter((pattern) => pattern.topic === topic && pattern.streamId === streamId);
    return of.reduce((count, pattern) => count + this.unsubscribe(pattern), 0);
  }

  /** A topic that is subscribed to and may not be read. */
  get forbidden(): string | undefined {
    return this.#patterns.find(({ topic }) => !this.#connection.mayRead(topic))?.topic;
  }

  close(): void {
    for (const pattern of this.#patterns) this.unsubscribe(pattern);
  }

  get #patterns(): DefinitionPattern[] {
    return [...this.#subscribed.values()].map(({ pattern }) => pattern);
  }

  async #tell(
    pattern: DefinitionPattern,
    first: readonly DefinitionUpdate[],
    others: AsyncGenerator<readonly DefinitionUpdate[], void, void>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#send(pattern, first, signal);
      for await (const updates of others) await this.#send(pattern, updates, signal);
    } catch (error) {
      if (!signal.aborted) this.#connection.end(error);
    }
  }

  async #send(
    { topic, kind }: DefinitionPattern,
    updates: readonly DefinitionUpdate[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const { streamId, definitions } of updates) {
      if (signal.aborted) return;
      const rendered = definitions.map(quixDefinition);
      const update = JSON.stringify({ topicName: topic, streamId, definitions: rendered });
      await this.#connection.client.send(CALLBACKS[kind], new RawJson(update));
    }
  }
}

function keyOf({ topic, streamId, kind }: DefinitionPattern): string {
  return JSON.stringify([topic, streamId, kind]);
}

function queryOf({ topic, streamId, kind }: DefinitionPattern): DefinitionQuery {
  return { topic, kind, ...(streamId !== EVERY && { streamId }) };
}

/** Quix's clients know these names, all of which are there. */
function quixDefinition(definition: ParameterDefinition | EventDefinition): object {
  const { id, name, description, customProperties, location } = definition;
  return {
    ...{ Id: id, Name: name ?? null, Description: description ?? null },
    ...('level' in definition ? { Level: definition.level } : quixRange(definition)),
    ...{ CustomProperties: customProperties ?? null, Location: location ?? null },
  };
}

function quixRange({ minimumValue, maximumValue, unit }: ParameterDefinition): object {
  return { MinimumValue: minimumValue ?? null, MaximumValue: maximumValue ?? null, Unit: unit ?? null };
}
