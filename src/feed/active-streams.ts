import type { Catalogue, StreamInfo } from '../store/contract/catalogue';
import { type Definitions, NO_DEFINITIONS } from '../store/contract/definitions';
import type { ParameterStore } from '../store/contract/parameter-store';
import { Gatherer } from './gatherer';
import { LatestStates } from './latest-states';
import { describe } from './stream-description';
import type { ActivityWatcher, TopicActivity } from './topic-activity';
import { Wakes } from './wakes';

/** A stream that goes on being written to is told of again after so many seconds. */
const REFRESH_SECONDS = 10;
/** So many are looked up at once when the first one watches. */
const CHUNK = 250;
/** What is told at once. */
const MOST_AT_ONCE = 200;
/** For so long it is known that a stream is active no longer, at least, in milliseconds. */
const REMEMBERED_MS = 3_000;

/** Definitions and parameters of so many streams are read at once. */
const DESCRIBED_AT_ONCE = 10;

/** An active stream as Quix's clients know it, or one that was. */
export interface ActiveState {
  /** JSON text. */
  readonly text: string;
  readonly isActive: boolean;
}

export interface ActiveStreamsParts {
  readonly catalogue: Pick<Catalogue, 'namedStreams' | 'definitions'>;
  readonly parameters: Pick<ParameterStore, 'seenParameters'>;
  readonly activity: TopicActivity;
  /** What clients call the topic. */
  readonly topicId: string;
}

/** What a watcher was given first, and what it is given then. */
export interface ActiveReader {
  /** Streams that are active, as JSON texts. If there are many, the others are the first of the changes. */
  readonly first: readonly string[];
  /** What has changed since it was called last; waits until something has. Empty: the signal is aborted. */
  next(signal: AbortSignal): Promise<readonly ActiveState[]>;
  /** Whether it has been given everything that has changed. */
  isAtEnd(): boolean;
  /** Called when it watches no longer. */
  close(): void;
}

/** The active streams of a topic with all that clients are told of them, as long as somebody watches. */
export class ActiveStreams implements ActivityWatcher {
  readonly #states = new LatestStates<ActiveState>();
  readonly #wakes = new Wakes();
  readonly #cursors = new Set<{ cursor: number }>();
  readonly #toldAt = new Map<string, number>();
  readonly #gatherer: Gatherer;
  readonly #parts: ActiveStreamsParts;

  constructor(parts: ActiveStreamsParts) {
    this.#parts = parts;
    this.#gatherer = new Gatherer({
      lookUp: (names) => this.#lookUp(names),
      onRound: () => {
        this.#trim();
      },
      // There are no more names than there may be active streams.
      onOverflow: () => undefined,
    });
  }

  get readers(): number {
    return this.#cursors.size;
  }

  /** Begins to watch, once what is active is known. What is given first is taken out of the room there is for it. */
  async open(room: { bytes: number }): Promise<ActiveReader> {
    const reader = { cursor: 0 };
    this.#cursors.add(reader);
    try {
      await this.#load();
    } catch (error) {
      this.#cursors.delete(reader);
      throw error;
    }
    return {
      first: this.#first(reader, room),
      next: (signal) => this.#next(reader, signal),
      isAtEnd: () => reader.cursor === this.#states.end,
      close: () => {
        this.#cursors.delete(reader);
      },
    };
  }

  stop(): void {
    this.#gatherer.stop();
  }

  appeared(streamId: string, second: number): void {
    this.#toldAt.set(streamId, second);
    this.#gatherer.add(streamId, true);
  }

  written(streamId: string, second: number): void {
    if (second - (this.#toldAt.get(streamId) ?? 0) < REFRESH_SECONDS) return;
    this.#toldAt.set(streamId, second);
    this.#gatherer.add(streamId, false);
  }

  changed(streamId: string): void {
    this.#gatherer.add(streamId, true);
  }

  disappeared(streamIds: readonly string[]): void {
    for (const streamId of streamIds) {
      this.#toldAt.delete(streamId);
      this.#gatherer.add(streamId, true);
    }
  }

  /** Looks up what has become active, or is active no longer, and was not told yet. */
  async #load(): Promise<void> {
    const { activity } = this.#parts;
    const isKnown = (streamId: string): boolean => this.#states.get(streamId)?.value?.isActive === true;
    const known = this.#states.after(0, Infinity)!.states.filter(({ value }) => value?.isActive);
    const gone = known.map(({ name }) => name).filter((streamId) => !activity.isActive(streamId));
    const streamIds = [...[...activity.streamIds].filter((streamId) => !isKnown(streamId)), ...gone];
    for (let start = 0; start < streamIds.length; start += CHUNK) {
      await this.#lookUp(streamIds.slice(start, start + CHUNK));
    }
  }

  #first(reader: { cursor: number }, room: { bytes: number }): string[] {
    const first: string[] = [];
    while (room.bytes > 0 && reader.cursor < this.#states.end) {
      const { states, next } = this.#states.after(reader.cursor, 1)!;
      reader.cursor = next;
      for (const { value } of states) {
        if (value?.isActive !== true) continue;
        first.push(value.text);
        room.bytes -= value.text.length;
      }
    }
    return first;
  }

  async #next(reader: { cursor: number }, signal: AbortSignal): Promise<readonly ActiveState[]> {
    while (!signal.aborted) {
      const { states, next } = this.#states.after(reader.cursor, MOST_AT_ONCE)!;
      reader.cursor = next;
      if (states.length > 0) return states.map(({ value }) => value!);
      await this.#wakes.wait(signal);
    }
    return [];
  }

  async #lookUp(streamIds: readonly string[]): Promise<void> {
    const { catalogue, activity, topicId } = this.#parts;
    const active = streamIds.filter((streamId) => activity.isActive(streamId));
    const streams = active.length === 0 ? [] : await catalogue.namedStreams(activity.name, active);
    const found = new Map(streams.map((stream) => [stream.streamId, stream]));
    const described = await this.#describe(streams);
    const now = performance.now();
    for (const streamId of streamIds) {
      const stream = found.get(streamId);
      const known = this.#states.get(streamId)?.value;
      if (stream !== undefined && activity.isActive(streamId)) {
        const text = renderActive(stream, described.get(streamId)!, {
          topicId,
          topicName: activity.name,
        });
        if (known?.isActive !== true || known.text !== text) this.#states.put(streamId, { text, isActive: true }, now);
      } else if (known?.isActive === true) {
        this.#states.put(streamId, { text: known.text, isActive: false }, now);
      }
    }
    this.#wakes.wake();
  }

  /** The members `parameters` and `events` of streams, by their ids. */
  async #describe(streams: readonly StreamInfo[]): Promise<Map<string, string>> {
    const { parameters, activity } = this.#parts;
    const texts = new Map<string, string>();
    for (let start = 0; start < streams.length; start += DESCRIBED_AT_ONCE) {
      const some = streams.slice(start, start + DESCRIBED_AT_ONCE);
      const streamIds = some.map(({ streamId }) => streamId);
      const [defined, seen] = await Promise.all([
        this.#definitionsOf(some),
        parameters.seenParameters(activity.name, streamIds),
      ]);
      for (const streamId of streamIds) {
        texts.set(streamId, describe(defined.get(streamId) ?? NO_DEFINITIONS, seen.get(streamId) ?? []));
      }
    }
    return texts;
  }

  async #definitionsOf(streams: readonly StreamInfo[]): Promise<ReadonlyMap<string, Definitions>> {
    const { catalogue, activity } = this.#parts;
    const names = streams.filter(({ hasDefinitions }) => hasDefinitions).map(({ streamId }) => streamId);
    return names.length === 0 ? new Map() : catalogue.definitions(activity.name, names);
  }

  /** Of streams that are active no longer nothing is kept once all know it. */
  #trim(): void {
    let read = this.#states.end;
    for (const { cursor } of this.#cursors) read = Math.min(read, cursor);
    this.#states.dropRead(read, performance.now() - REMEMBERED_MS, ({ value }) => value?.isActive === true);
  }
}

/** JSON text of an active stream. */
function renderActive(
  stream: StreamInfo,
  description: string,
  topic: { readonly topicId: string; readonly topicName: string },
): string {
  const { streamId, properties, createdAt, updatedAt, lastTimestamp } = stream;
  const lastSeen = new Date(updatedAt).toISOString();
  const about = {
    streamId,
    ...topic,
    name: properties.name ?? streamId,
    location: properties.location ?? null,
    metadata: properties.metadata ?? {},
    parents: properties.parents ?? [],
    timeOfRecording: properties.timeOfRecording ?? null,
  };
  const seen = {
    firstSeen: new Date(createdAt).toISOString(),
    lastSeen,
    status: 'Receiving',
    lastData: lastTimestamp === undefined ? null : lastSeen,
  };
  return `${JSON.stringify(about).slice(0, -1)},${description},${JSON.stringify(seen).slice(1)}`;
}
