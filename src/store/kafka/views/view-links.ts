import { WriterHubError } from '../../../errors';
import type { DividedStore, NamedLog } from '../view-division';
import { HubLink, LinkLost, type LinkListener } from './hub-link';
import type { LinkKeys } from './link-keys';
import type { ViewHub } from './view-hubs';

/** What links ask of the store that they are of. */
export type LinkedStore = Pick<DividedStore, 'writer' | 'elsewhere' | 'firstPending' | 'catalogueAt'>;

export interface ViewLinksOptions {
  readonly keys: LinkKeys;
  readonly store: LinkedStore;
  /** What there is a view of here. */
  readonly view: string;
  /** How long a call waits for a hub that could answer it, milliseconds. */
  readonly patience: number;
  readonly onReply: LinkListener['onReply'];
  /** Other hubs tell of these topics now: something may have been missed. */
  readonly onMoved: (
    topics: readonly string[],
    ask: (call: string, args: readonly unknown[]) => Promise<unknown>,
  ) => void;
  readonly onRefused: (hub: ViewHub, reason: Error) => void;
}

interface Linked {
  readonly hub: ViewHub;
  readonly link: HubLink;
}

/** The links to hubs with views, and which of them is asked about which topic: the same one as long as it is there. */
export class ViewLinks {
  readonly #links = new Map<string, Linked>();
  /** By topic. */
  readonly #assigned = new Map<string, Linked>();
  #waiting: (() => void)[] = [];
  readonly #options: ViewLinksOptions;

  constructor(options: ViewLinksOptions) {
    this.#options = options;
  }

  /** How many hubs can be asked. */
  get size(): number {
    return this.#open().length;
  }

  /** How many calls wait for their answers. */
  get waiting(): number {
    let waiting = 0;
    for (const { link } of this.#links.values()) waiting += link.waiting;
    return waiting;
  }

  add(hub: ViewHub): void {
    const { keys, store, view, onReply, onRefused } = this.#options;
    const link = new HubLink(hub.address, keys, {
      onOpen: () => {
        link.say({ kind: 'hello', writer: store.writer, view });
        this.#assignAll();
      },
      onLost: () => {
        this.#assignAll();
      },
      onReply,
      onRefused: (reason) => {
        onRefused(hub, reason);
      },
    });
    this.#links.set(hub.id, { hub, link });
  }

  remove(hub: ViewHub): void {
    this.#links.get(hub.id)?.link.close();
    this.#links.delete(hub.id);
    this.#assignAll();
  }

  /** There is a topic of which there is no view here. */
  made(topic: NamedLog): void {
    this.#assign(topic);
  }

  removed(name: string): void {
    this.#assigned.delete(name);
    for (const { link } of this.#open()) link.say({ kind: 'forget', topic: name });
  }

  /** Whether some hub can be asked about a topic. */
  has(topic: string): boolean {
    return this.#linkOf(topic) !== undefined;
  }

  /** Topics by the hub that is asked about them. */
  grouped(topics: readonly string[]): readonly (readonly string[])[] {
    const groups = new Map<Linked | undefined, string[]>();
    for (const topic of topics) {
      const linked = this.#linkOf(topic);
      const group = groups.get(linked);
      if (group === undefined) groups.set(linked, [topic]);
      else group.push(topic);
    }
    return [...groups.values()];
  }

  /** Asks a hub that has a view of a topic, another one if the first is lost. */
  ask(topic: string, call: string, args: readonly unknown[]): Promise<unknown> {
    return this.#askOne(topic, () => this.#linkOf(topic), { call, args });
  }

  /** Asks a hub that has a view of all that is wanted. */
  askOneOf(
    fits: (has: (topic: string) => boolean) => boolean,
    call: string,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    const find = (): Linked | undefined => this.#open().find(({ hub: { scope } }) => fits((topic) => scope.has(topic)));
    return this.#askOne('all that is named', find, { call, args, signal });
  }

  close(): void {
    for (const { link } of this.#links.values()) link.close();
    this.#links.clear();
    this.#assigned.clear();
    this.#wake();
  }

  async #askOne(
    what: string,
    find: () => Linked | undefined,
    {
      call,
      args,
      signal,
    }: { readonly call: string; readonly args: readonly unknown[]; readonly signal?: AbortSignal | undefined },
  ): Promise<unknown> {
    const deadline = Date.now() + this.#options.patience;
    for (;;) {
      const found = find();
      if (found === undefined) {
        if (!(await this.#changed(deadline - Date.now()))) throw noView(what);
        continue;
      }
      try {
        return await found.link.call(call, args, this.#options.store.catalogueAt(), signal);
      } catch (error) {
        if (!(error instanceof LinkLost)) throw error;
      }
    }
  }

  /** Resolves when there are other hubs to ask; with false when that has taken too long. */
  async #changed(longest: number): Promise<boolean> {
    if (longest <= 0) return false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(false);
      }, longest);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #open(): readonly Linked[] {
    return [...this.#links.values()].filter(({ link }) => link.isOpen);
  }

  /** The same for all who ask here, and topics are spread among the hubs that have views of them. */
  #linkOf(topic: string): Linked | undefined {
    const assigned = this.#assigned.get(topic);
    if (assigned?.link.isOpen === true) return assigned;
    return this.#preferred(topic, this.#open());
  }

  #preferred(topic: string, open: readonly Linked[]): Linked | undefined {
    let best: Linked | undefined;
    let most = -1;
    for (const linked of open) {
      if (!linked.hub.scope.has(topic)) continue;
      const weight = weigh(`${linked.hub.id} ${topic}`);
      if (weight > most) [best, most] = [linked, weight];
    }
    return best;
  }

  /** Other hubs can be asked than before. */
  #assignAll(): void {
    const open = this.#open();
    const moved = new Map<Linked, string[]>();
    for (const topic of this.#options.store.elsewhere()) {
      const linked = this.#assign(topic, open);
      if (linked === undefined) continue;
      const names = moved.get(linked);
      if (names === undefined) moved.set(linked, [topic.name]);
      else names.push(topic.name);
    }
    for (const [{ link }, names] of moved) {
      this.#options.onMoved(names, (call, args) => link.call(call, args, this.#options.store.catalogueAt()));
    }
    this.#wake();
  }

  /** Gives the hub that is asked about a topic from now on, if that is another one than before. */
  #assign({ name, log }: NamedLog, open = this.#open()): Linked | undefined {
    const before = this.#assigned.get(name);
    const after = this.#preferred(name, open);
    for (const { link } of open) if (link !== after?.link) link.say({ kind: 'leave', topic: name });
    if (before === after) return undefined;
    if (after === undefined) this.#assigned.delete(name);
    else {
      this.#assigned.set(name, after);
      after.link.say({ kind: 'watch', topic: name, log, from: this.#options.store.firstPending(log) });
    }
    return after;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function noView(what: string): WriterHubError {
  return new WriterHubError('store_unavailable', `no hub that has a view of ${what} can be reached`);
}

/** FNV-1a, 32 bits. */
function weigh(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
