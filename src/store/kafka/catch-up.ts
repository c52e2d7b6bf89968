import { WriterHubError } from '../../errors';
import { askForLog } from './ask-for-log';
import type { LogArrivals } from './log-arrivals';
import type { ClusterListener, LogCluster, LogState } from './log-cluster';
import type { TopicDirectory } from './topic-directory';
import type { ViewFeeder } from './view-feeder';

export interface CatchUpParts {
  readonly cluster: LogCluster;
  readonly directory: TopicDirectory;
  /** Whether there is a view of a topic here. */
  readonly isHere: (topic: string) => boolean;
  readonly feeder: ViewFeeder;
  readonly arrivals: Pick<LogArrivals, 'hold'>;
  /** The log that says which topics there are. */
  readonly catalogue: string;
  /** Aborted when the store is closed. */
  readonly ending: AbortSignal;
}

/** What is to be carried out of a log before the view is as the cluster was when this began. */
interface Target {
  readonly from: number;
  readonly to: number;
}

type Phase = 'connecting' | 'catalogue' | 'topics' | 'ready';

/** Brings a view to where its logs are: first the catalogue, then the topics that are left in it. */
export class CatchUp {
  #phase: Phase = 'connecting';
  readonly #targets = new Map<string, Target>();
  #reached: (() => void) | undefined;
  readonly #done: Promise<void>;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  readonly #parts: CatchUpParts;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
    this.#done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#done.catch(() => undefined);
  }

  /** Resolves when the view has caught up. Rejects when it never will. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** Why nothing can be written yet; `undefined`: it can. */
  obstacle(unreachable: Error | undefined): WriterHubError | undefined {
    if (this.#phase === 'ready') return undefined;
    if (this.#phase !== 'connecting') return unavailable(`the view is catching up with Kafka, ${this.percent} %`);
    const why = unreachable === undefined ? '' : `: ${unreachable.message}`;
    return unavailable(`the Kafka cluster has not been reached yet${why}`);
  }

  /** How much is carried out of what is to be. */
  get percent(): number {
    let [done, all] = [0, 0];
    for (const [log, { from, to }] of this.#targets) {
      all += to - from;
      done += Math.min(to, this.#parts.feeder.next(log) ?? from) - from;
    }
    return all === 0 ? 0 : Math.floor((100 * done) / all);
  }

  /** Resolves when the view has caught up. Rejects when it is no view of this cluster, or has come too far from it. */
  async start(listener: ClusterListener): Promise<void> {
    try {
      await this.#run(listener);
      this.#settle.resolve();
    } catch (error) {
      this.#settle.reject(error);
      throw error;
    }
  }

  /** Has a log come that the catalogue has told of just now, or at least be there. Resolves when it does, or is. */
  async follow(log: string): Promise<void> {
    // Those that are left when the catalogue is carried out come then.
    if (this.#phase === 'catalogue') return;
    const { cluster, ending } = this.#parts;
    const state = await askForLog(cluster, log, ending);
    if (this.#isHere(log)) this.#follow(log, state);
  }

  /** It will not go on. */
  fail(error: unknown): void {
    this.#settle.reject(error);
  }

  /** Something was carried out. */
  progressed(): void {
    for (const [log, { to }] of this.#targets) if ((this.#parts.feeder.next(log) ?? Infinity) < to) return;
    this.#reached?.();
  }

  async #run(listener: ClusterListener): Promise<void> {
    const { cluster, directory, catalogue, ending } = this.#parts;
    await cluster.connect(listener);
    const state = await askForLog(cluster, catalogue, ending);
    this.#phase = 'catalogue';
    this.#follow(catalogue, state);
    await this.#allReached();
    this.#phase = 'topics';
    for (const log of [...directory.logs]) if (this.#isHere(log)) await this.follow(log);
    await this.#allReached();
    this.#phase = 'ready';
    this.#targets.clear();
  }

  #isHere(log: string): boolean {
    const { directory, isHere } = this.#parts;
    const topic = directory.ofLog(log)?.name;
    return topic !== undefined && isHere(topic);
  }

  #follow(log: string, { identity, start, end }: LogState): void {
    const { cluster, feeder, arrivals, directory, catalogue } = this.#parts;
    const isCatalogue = log === catalogue;
    if (!isCatalogue && directory.ofLog(log) === undefined) return;
    const next = feeder.next(log);
    if (next === undefined) {
      if (isCatalogue && [...directory.logs].length > 0)
        throw unavailable('the data directory holds a store that is no view of a Kafka cluster');
      feeder.begin(log, identity, start);
    } else if (feeder.identity(log) !== identity) {
      throw unavailable(
        isCatalogue
          ? 'the data directory holds the view of another Kafka cluster, or of a catalogue that is gone'
          : `the Kafka topic ${log} is not the one that the view was made of`,
      );
    } else if (next > end) {
      throw unavailable(`the view has ${next} records of ${log}, and the cluster ${end}: it has lost some`);
    }
    const from = Math.max(next ?? 0, start);
    // What is gone is made up for by what the log says that it came to.
    if (start > (next ?? 0)) arrivals.hold(log, { identity, start, end });
    this.#targets.set(log, { from: next ?? start, to: end });
    cluster.follow(log, from);
  }

  #allReached(): Promise<void> {
    return new Promise((resolve) => {
      this.#reached = resolve;
      this.progressed();
    });
  }
}

function unavailable(message: string): WriterHubError {
  return new WriterHubError('store_unavailable', message);
}
