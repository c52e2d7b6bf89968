import type { Revocations } from '../auth/revocations';
import type { TokenVerifier } from '../auth/token-verifier';
import type { DataSourceService } from '../datasources/data-source-service';
import type { RowIntake } from '../datasources/row-intake';
import type { EventService } from '../events/event-service';
import type { TopicService } from '../events/topic-service';
import type { Metrics } from '../metrics';
import type { SqlEngine } from '../store/contract/sql-engine';
import type { Store } from '../store/contract/store';
import { BodyReader, type BodyLimits } from './body-reader';
import { ByteBudget } from '../limits/byte-budget';
import type { RateLimits } from './rate-limits';
import { RequestOrder } from './request-order';

/** What the routes of a server pass requests on to, and the limits they keep. */
export interface HttpServices {
  readonly version: string;
  readonly service: EventService;
  readonly topics: TopicService;
  readonly intake: RowIntake;
  readonly dataSources: DataSourceService;
  /** `undefined`: the store has no SQL, and there are no routes for it. */
  readonly engine: SqlEngine | undefined;
  readonly store: Pick<Store, 'probe'>;
  readonly verifier: TokenVerifier;
  readonly revocations: Revocations;
  readonly metrics: Metrics;
  /** `undefined`: nothing is limited. */
  readonly rates: RateLimits | undefined;
  readonly bodyLimits: BodyLimits;
  /** Bytes of query results that may wait for their callers to take them, all together. */
  readonly maxWaitingResultBytes: number;
}

/** What the handlers of one server are made from; they share what it counts. */
export interface RouteContext extends HttpServices {
  readonly bodies: BodyReader;
  readonly requestOrder: RequestOrder;
  readonly waitingResults: ByteBudget;
}

export function createRouteContext(services: HttpServices): RouteContext {
  return {
    ...services,
    bodies: new BodyReader(services.bodyLimits),
    requestOrder: new RequestOrder(),
    waitingResults: new ByteBudget(services.maxWaitingResultBytes),
  };
}
