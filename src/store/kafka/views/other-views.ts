import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { WriterHubError } from '../../../errors';
import type { Catalogue, NamePage, TopicInfo } from '../../contract/catalogue';
import type { Position } from '../../contract/position';
import type { SqlEngine } from '../../contract/sql-engine';
import type { StoreObserver } from '../../contract/store';
import type { DividedStore, ReadRoles, Told, ViewDivision } from '../view-division';
import type { HubChannel } from '../hub-channel';
import type { WriteNumber } from '../log-record';
import { type Ask, routed } from './asked-roles';
import { answerSql, RoutedSql, type SentQuery, type SqlReply } from './asked-sql';
import { LinkKeys } from './link-keys';
import { readError, type Reply, type WrittenOutcome } from './link-messages';
import { LinkServer } from './link-server';
import { OutcomeMemory } from './outcome-memory';
import { ServedLink } from './served-link';
import { ViewHubs } from './view-hubs';
import { ViewLinks } from './view-links';
import type { ViewScope } from './view-scope';

/** How often a hub says what it has a view of, milliseconds. */
const INTERVAL = 1000;

/** How long a call waits for a hub that could answer it, milliseconds. */
const PATIENCE = 5000;

/** Topics are asked for in parts of so many. */
const PAGE = 1000;

/** How a hub and others answer for each other. */
export interface OtherViewsOptions {
  readonly scope: ViewScope;
  readonly channel: HubChannel;
  /** Secrets that all hubs have: the first proves, all are recognised. */
  readonly keys: readonly string[];
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  /** The name or address by which others reach it, if not by `host`. */
  readonly reachedAt?: string | undefined;
  /** How long a call waits for a hub that could answer it, milliseconds; 5,000 unless it is said. */
  readonly patience?: number;
  readonly log?: { warn(details: object, message: string): void } | undefined;
}

/** Answers for the view of this hub, and has other hubs answer for what there is no view of here. */
export class OtherViews implements ViewDivision {
  readonly #options: OtherViewsOptions;
  readonly #server: LinkServer;
  readonly #served = new Set<ServedLink>();
  #store: DividedStore | undefined;
  #links: ViewLinks | undefined;
  #memory: OutcomeMemory | undefined;
  #hubs: ViewHubs | undefined;
  #stopObserving: (() => void) | undefined;

  constructor(options: OtherViewsOptions) {
    this.#options = options;
    this.#server = new LinkServer(new LinkKeys(options.keys), (socket) => {
      this.#serve(socket);
    });
  }

  /** What can be asked of other hubs now, and what is asked. */
  status(): { readonly view: string; readonly hubs: number; readonly callers: number; readonly waiting: number } {
    const { text } = this.#options.scope;
    const [hubs, waiting] = [this.#links?.size ?? 0, this.#links?.waiting ?? 0];
    return { view: text, hubs, callers: this.#served.size, waiting };
  }

  /** Whether there is a view of a topic here. */
  has(topic: string): boolean {
    return this.#options.scope.has(topic);
  }

  /** Begins to answer others, and to ask them. Rejects when it cannot listen. */
  async start(store: DividedStore): Promise<void> {
    const { scope, channel, keys, host, port, reachedAt, patience = PATIENCE, log } = this.#options;
    this.#store = store;
    this.#memory = new OutcomeMemory((name, writer) => store.carriedOutBefore(name, writer));
    this.#stopObserving = store.observe(this.#observer());
    const links = (this.#links = new ViewLinks({
      ...{ keys: new LinkKeys(keys), store, view: scope.text, patience },
      onReply: (reply) => {
        this.#take(reply);
      },
      onMoved: (topics, ask) => {
        void this.#tellOf(topics, ask);
      },
      onRefused: ({ address }, reason) => {
        log?.warn({ address, reason: String(reason) }, 'a hub that has views cannot be reached; it is tried again');
      },
    }));
    const chosen = await this.#server.listen({ host, port });
    const name = reachedAt ?? host;
    this.#hubs = new ViewHubs(channel, {
      ...{ id: randomBytes(9).toString('base64url'), scope, interval: INTERVAL },
      onCome: (hub) => {
        if (!scope.isAll) links.add(hub);
      },
      onGone: (hub) => {
        links.remove(hub);
      },
    });
    this.#hubs.announce(`${/^[^[].*:/.test(name) ? `[${name}]` : name}:${chosen}`);
  }

  /** Why nothing can be written to a topic now; `undefined`: it can. */
  refusal(topic: string): WriterHubError | undefined {
    if (this.has(topic) || this.#links?.has(topic) === true) return undefined;
    return new WriterHubError('store_unavailable', `no hub that has a view of ${topic} can be reached`);
  }

  /** There is another topic, of which there is no view here. */
  made(name: string, log: string): void {
    this.#links?.made({ name, log });
  }

  removed(name: string, log: string): void {
    this.#links?.removed(name);
    this.#memory?.remove(log);
  }

  /** A write of another hub was carried out here. */
  applied(log: string, write: WriteNumber, outcome: PromiseSettledResult<unknown>): void {
    const written = this.#memory?.add(log, write, outcome);
    if (written === undefined) return;
    for (const link of this.#served) if (link.writer === write.writer) link.settled(log, write.number, written);
  }

  route<Role extends object>(role: keyof ReadRoles, local: Role): Role {
    return routed(role, local, (topic) => this.has(topic), this.#ask);
  }

  routeCatalogue(local: Catalogue): Catalogue {
    return {
      ...this.route('catalogue', local),
      topics: (page: NamePage) => this.#topics(local, page),
      namedTopics: (names: readonly string[]) => this.#namedTopics(local, names),
    };
  }

  routeSql(local: SqlEngine): SqlEngine {
    if (this.#options.scope.isAll) return local;
    return new RoutedSql(local, {
      isHere: (topic) => this.has(topic),
      ask: (fits, query: SentQuery, signal) =>
        this.#linked.askOneOf(fits, 'sql.query', [query], signal) as Promise<SqlReply>,
    });
  }

  close(): void {
    this.#hubs?.close();
    this.#stopObserving?.();
    this.#links?.close();
    for (const link of this.#served) link.close();
    this.#server.close();
  }

  get #linked(): ViewLinks {
    if (this.#links === undefined) throw new WriterHubError('store_unavailable', 'the store is not open yet');
    return this.#links;
  }

  readonly #ask: Ask = (topic, call, args) => this.#linked.ask(topic, call, args);

  async #topics(local: Catalogue, page: NamePage): Promise<TopicInfo[]> {
    const topics = await local.topics(page);
    const others = topics.map(({ name }) => name).filter((name) => !this.has(name));
    if (others.length === 0) return topics;
    const found = new Map((await this.#askNames(others)).map((topic) => [topic.name, topic]));
    return topics.flatMap((topic) => (this.has(topic.name) ? topic : (found.get(topic.name) ?? [])));
  }

  async #namedTopics(local: Catalogue, names: readonly string[]): Promise<TopicInfo[]> {
    const [here, others] = [names.filter((name) => this.has(name)), names.filter((name) => !this.has(name))];
    const [near, far] = await Promise.all([
      here.length === 0 ? [] : local.namedTopics(here),
      others.length === 0 ? [] : this.#askNames(others),
    ]);
    return [...near, ...far];
  }

  /** Each hub is asked once for those that it is asked about. */
  async #askNames(names: readonly string[]): Promise<TopicInfo[]> {
    const groups = this.#linked.grouped(names);
    const found = await Promise.all(
      groups.map((group) => this.#ask(group[0]!, 'catalogue.namedTopics', [group]) as Promise<TopicInfo[]>),
    );
    return found.flat();
  }

  #serve(socket: WebSocket): void {
    const store = this.#store;
    const memory = this.#memory;
    if (store === undefined || memory === undefined) {
      socket.terminate();
      return;
    }
    const { roles, sql } = store;
    const link = new ServedLink(socket, {
      ...{ roles, memory, sql: sql && answerSql(sql) },
      reached: (catalogue) => store.reached(catalogue),
    });
    this.#served.add(link);
    socket.once('close', () => this.#served.delete(link));
  }

  #observer(): StoreObserver {
    const tell = (told: Told): void => {
      for (const link of this.#served) link.told(told);
    };
    return {
      onAdvance: (ends) => {
        tell({ kind: 'onAdvance', ends });
      },
      onQuarantine: (ends) => {
        tell({ kind: 'onQuarantine', ends });
      },
      onChange: (changes) => {
        tell({ kind: 'onChange', changes });
      },
      onRemove: (topic) => {
        tell({ kind: 'onRemove', topic });
      },
    };
  }

  #take(reply: Exclude<Reply, { readonly kind: 'result' | 'failure' }>): void {
    if (reply.kind !== 'outcome') this.#store?.told(reply);
    else this.#store?.settle(reply.log, reply.number, outcomeOf(reply.outcome));
  }

  /** Another hub tells of these from now on: whoever waits for something looks at what there is. */
  async #tellOf(
    topics: readonly string[],
    ask: (call: string, args: readonly unknown[]) => Promise<unknown>,
  ): Promise<void> {
    try {
      for (let at = 0; at < topics.length; at += PAGE) {
        const names = topics.slice(at, at + PAGE);
        this.#tellAll((await ask('catalogue.namedTopics', [names])) as readonly TopicInfo[]);
      }
    } catch (error) {
      // When it was lost again, the next one tells.
      this.#options.log?.warn({ reason: String(error) }, 'a hub that has views could not say how far they are');
    }
  }

  #tellAll(topics: readonly TopicInfo[]): void {
    const endsOf = (some: readonly TopicInfo[]): ReadonlyMap<string, Position> =>
      new Map(some.map(({ name, position }) => [name, position]));
    this.#store?.told({ kind: 'onAdvance', ends: endsOf(topics) });
    this.#store?.told({ kind: 'onQuarantine', ends: endsOf(topics.filter(({ kind }) => kind === 'rows')) });
    const changes = topics.map(({ name }) => ({ topic: name, kind: 'changed' }) as const);
    this.#store?.told({ kind: 'onChange', changes: { writes: [], changes } });
  }
}

function outcomeOf(outcome: WrittenOutcome): PromiseSettledResult<unknown> {
  switch (outcome.is) {
    case 'stored':
      return { status: 'fulfilled', value: outcome.receipt };
    case 'refused':
      return { status: 'rejected', reason: readError(outcome.error) };
    case 'forgotten':
      return { status: 'rejected', reason: lost() };
  }
}

function lost(): WriterHubError {
  return new WriterHubError(
    'store_unavailable',
    'the hubs that carried it out were lost before they could say what came of it: it may be stored or not',
  );
}
