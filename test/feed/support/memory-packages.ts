import { WriterHubError } from '../../../src/errors';
import type { PackageFeedStore } from '../../../src/feed/package-feed';
import type { PackagePage, PackageQuery } from '../../../src/store/contract/parameter-store';
import type { Position, StartPoint } from '../../../src/store/contract/position';
import type { StoreObserver } from '../../../src/store/contract/store';

/** What stands at one position of a topic: a package, or an event, of which a reader of packages sees nothing. */
interface Entry {
  readonly streamId: string;
  readonly json: string | undefined;
}

/** Packages and events of topics in memory. */
export class MemoryPackages implements PackageFeedStore {
  /** How often packages were read. */
  reads = 0;
  readonly #topics = new Map<string, Entry[]>();
  readonly #observers = new Set<StoreObserver>();

  readonly log = {
    resolve: (topic: string, start: StartPoint) => Promise.resolve().then(() => this.#resolve(topic, start)),
  };

  readonly parameters = {
    readPackages: (query: PackageQuery) => {
      this.reads += 1;
      return Promise.resolve().then(() => this.#read(query));
    },
  };

  observe(observer: StoreObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Stores packages of a stream, in one commit. */
  send(topic: string, streamId: string, ...packages: readonly object[]): void {
    this.#append(
      topic,
      packages.map((each) => ({ streamId, json: JSON.stringify(each) })),
    );
  }

  /** Stores events of a stream, a commit each. */
  sendEvents(topic: string, streamId: string, count: number): void {
    for (let sent = 0; sent < count; sent++) this.#append(topic, [{ streamId, json: undefined }]);
  }

  remove(topic: string): void {
    this.#topics.delete(topic);
    for (const observer of this.#observers) observer.onRemove?.(topic);
  }

  #append(topic: string, entries: readonly Entry[]): void {
    const all = this.#entries(topic, true);
    all.push(...entries);
    for (const observer of this.#observers) observer.onAdvance?.(new Map([[topic, String(all.length)]]));
  }

  #entries(topic: string, isMade = false): Entry[] {
    const known = this.#topics.get(topic) ?? (isMade ? [] : undefined);
    if (known === undefined) throw new WriterHubError('unknown_topic', `there is no topic "${topic}"`);
    this.#topics.set(topic, known);
    return known;
  }

  #resolve(topic: string, start: StartPoint): Position {
    const end = this.#entries(topic).length;
    if (start === 'earliest') return '0';
    return typeof start === 'object' && 'position' in start ? start.position : String(end);
  }

  #read({ topic, streamId, after, limit, descending = false }: PackageQuery): PackagePage {
    const entries = this.#entries(topic);
    if (streamId !== undefined && !entries.some((entry) => entry.streamId === streamId)) {
      throw new WriterHubError('unknown_stream', `there is no stream "${streamId}"`);
    }
    const numbered = entries.map((entry, index) => ({ ...entry, position: index + 1 }));
    const bound = Number(after ?? (descending ? Infinity : 0));
    const asked = numbered.filter(({ position }) => (descending ? position < bound : position > bound));
    const found = (descending ? asked.toReversed() : asked).filter(
      ({ json, streamId: of }) => json !== undefined && (streamId === undefined || streamId === of),
    );
    const page = found.slice(0, limit);
    const more = found.length > limit;
    const end = descending ? 0 : entries.length;
    return {
      packages: page.map(({ position, streamId: of, json }) => ({
        position: String(position),
        streamId: of,
        json: json!,
      })),
      position: String(more ? page.at(-1)!.position : end),
      more,
    };
  }
}
