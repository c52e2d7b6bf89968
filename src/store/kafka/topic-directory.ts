import { WriterHubError } from '../../errors';
import type { Catalogue, TopicInfo } from '../contract/catalogue';
import { refuseOtherKind, type TopicKind } from '../contract/topic-kind';
import { toPlace } from '../sqlite/channel/offsets';
import type { TopicNames } from './topic-names';

/** So many topics are read at once. */
const PAGE = 1000;

/** A topic or data source of the view, and its log. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: TopicKind;
  readonly log: string;
}

/** Which topics and data sources the view has, and which logs they are made of. */
export class TopicDirectory {
  readonly #byName = new Map<string, DirectoryEntry>();
  readonly #byLog = new Map<string, DirectoryEntry>();
  readonly #catalogue: Pick<Catalogue, 'topic' | 'topics'>;
  readonly #names: TopicNames;

  /** `catalogue`: what the view has. */
  constructor(catalogue: Pick<Catalogue, 'topic' | 'topics'>, names: TopicNames) {
    this.#catalogue = catalogue;
    this.#names = names;
  }

  get logs(): Iterable<string> {
    return this.#byLog.keys();
  }

  get entries(): Iterable<DirectoryEntry> {
    return this.#byName.values();
  }

  find(name: string): DirectoryEntry | undefined {
    return this.#byName.get(name);
  }

  ofLog(log: string): DirectoryEntry | undefined {
    return this.#byLog.get(log);
  }

  /** The topic of this name. Throws `unknown_topic`, `wrong_topic_kind`. */
  get(name: string, kind?: TopicKind): DirectoryEntry {
    const found = this.#byName.get(name);
    const noun = kind === 'rows' ? 'data source' : 'topic';
    if (found === undefined) throw new WriterHubError('unknown_topic', `there is no ${noun} "${name}"`);
    if (kind !== undefined) refuseOtherKind(name, found.kind, kind);
    return found;
  }

  /** Reads all that the view has. */
  async load(): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#catalogue.topics({ limit: PAGE, ...(after !== undefined && { after }) });
      for (const topic of page) this.#add(topic);
      after = page.length < PAGE ? undefined : page.at(-1)?.name;
    } while (after !== undefined);
  }

  /** Reads one topic, which may be new; gives what it is now. */
  async reload(name: string): Promise<DirectoryEntry | undefined> {
    const topic = await this.#catalogue.topic(name);
    this.remove(name);
    return topic && this.#add(topic);
  }

  remove(name: string): void {
    const known = this.#byName.get(name);
    if (known === undefined) return;
    this.#byName.delete(name);
    this.#byLog.delete(known.log);
  }

  #add({ name, kind, position }: TopicInfo): DirectoryEntry {
    const { generation } = toPlace(position);
    const entry = { name, kind, log: this.#names.of({ name, generation }) };
    this.#byName.set(name, entry);
    this.#byLog.set(entry.log, entry);
    return entry;
  }
}
