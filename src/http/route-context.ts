import type { Revocations } from '../auth/revocations';
import type { TokenIssuer } from '../auth/token-issuer';
import type { DataSourceService } from '../datasources/data-source-service';
import type { RowIntake } from '../datasources/row-intake';
import type { EventService } from '../events/event-service';
import type { TopicIds } from '../events/topic-ids';
import type { TopicService } from '../events/topic-service';
import type { CatalogueFeed } from '../feed/catalogue-feed';
import type { Feed } from '../feed/feed';
import type { FeedPackage } from '../feed/feed-package';
import type { PackageFollowQuery } from '../feed/package-feed';
import type { RowFeed } from '../feed/row-feed';
import type { Followers } from '../limits/followers';
import type { HeldBytes } from '../limits/held-bytes';
import type { OnStrike } from '../limits/limit-watch';
import { Semaphore } from '../limits/semaphore';
import type { Turns } from '../limits/turns';
import { waitRefusal } from '../limits/wait-refusal';
import type { Metrics } from '../metrics/metrics';
import type { ParameterService } from '../parameters/parameter-service';
import type { SqlEngine } from '../store/contract/sql-engine';
import { AnswerSender } from './answer-sender';
import { BodyReader, type BodyLimits } from './body-reader';
import type { Callers } from './callers';
import type { MetricsPage } from './metrics-page';
import type { RateLimits } from './rate-limits';
import type { TrustedProxies } from './trusted-proxies';
import { RequestOrder } from './request-order';

/** What the routes of a server pass requests on to, and the limits they keep. */
export interface HttpServices {
  readonly version: string;
  readonly service: EventService;
  readonly parameters: ParameterService;
  readonly topics: TopicService;
  readonly intake: RowIntake;
  readonly dataSources: DataSourceService;
  /** `undefined`: the store has no SQL, and there are no routes for it. */
  readonly engine: SqlEngine | undefined;
  /** Rejects, or throws, while nobody should be sent here. */
  readonly probe: () => Promise<void>;
  readonly callers: Callers;
  readonly proxies: TrustedProxies;
  /** Whether the server is stopping: it goes on for a moment, but nobody should begin to use it. */
  readonly lifecycle: { readonly stopping: boolean };
  readonly revocations: Revocations;
  readonly issue: TokenIssuer;
  readonly metrics: Metrics;
  /** `undefined`: the metrics are at a port of their own. */
  readonly metricsPage: MetricsPage | undefined;
  readonly rates: RateLimits;
  readonly bodyLimits: BodyLimits;
  /** Limits that may change while the server runs. */
  readonly limits: {
    /** Longest text of a query, in bytes. */
    readonly maxSqlBytes: number;
    /** Milliseconds after which an answer is cut off of which nothing is taken. */
    readonly sendTimeout: number;
    /** Bytes a second that a body has to bring; 0: any number. */
    readonly minDataRate: number;
  };
  readonly held: HeldBytes;
  /** Places at the store for reads, at which holders take turns. */
  readonly readPlaces: Semaphore;
  readonly feed: Feed;
  readonly packageFeed: Feed<PackageFollowQuery, FeedPackage>;
  readonly rowFeed: RowFeed;
  readonly catalogueFeed: CatalogueFeed;
  /** What topics are called where clients know a workspace. */
  readonly topicIds: TopicIds;
  /** The places of those who follow topics and data sources, at the hub too. */
  readonly followers: Followers;
  /** In which the main thread looks at requests and bodies. */
  readonly turns: Turns;
  readonly onStrike: OnStrike;
}

/** What the handlers of one server are made from; they share what it counts. */
export interface RouteContext extends HttpServices {
  readonly bodies: BodyReader;
  readonly answers: AnswerSender;
  readonly requestOrder: RequestOrder;
}

/** How many reads are at the store at a time, so that it always has the next one, and how many may wait how long. */
const READ_PLACES = 2;
const MAX_WAITING_READS = 1000;
const LONGEST_WAIT = 30_000;

/** Places at the store for reads. A holder that waits too long, or with too many others, is refused. */
export function createReadPlaces(onStrike: OnStrike): Semaphore {
  return new Semaphore(READ_PLACES, {
    maxWaiting: MAX_WAITING_READS,
    maxWait: LONGEST_WAIT,
    errorFor: (failure) => waitRefusal('reads', failure),
    onShareRefused: (_, holder) => {
      onStrike('reads', holder);
    },
  });
}

export function createRouteContext(services: HttpServices): RouteContext {
  const { bodyLimits, held, limits, onStrike } = services;
  return {
    ...services,
    bodies: new BodyReader(bodyLimits, services),
    answers: new AnswerSender(held, limits, onStrike),
    requestOrder: new RequestOrder(),
  };
}
