import type { Revocations } from '../../auth/revocations';
import type { TokenVerifier } from '../../auth/token-verifier';
import type { DataSourceService } from '../../datasources/data-source-service';
import type { RowIntake } from '../../datasources/row-intake';
import type { EventService } from '../../events/event-service';
import type { Metrics } from '../../metrics';
import type { EventStore } from '../../store/event-store';
import type { SqlEngine } from '../../store/sql-engine';
import type { BodyLimits, IncomingBytes } from '../body';
import type { RateLimits } from '../rate-limits';

/** What the handlers of one server's routes are made from. */
export interface RouteContext {
  readonly version: string;
  readonly service: EventService;
  readonly intake: RowIntake;
  readonly dataSources: DataSourceService;
  readonly engine: SqlEngine;
  readonly store: Pick<EventStore, 'probe'>;
  readonly verifier: TokenVerifier;
  readonly revocations: Revocations;
  readonly metrics: Metrics;
  /** `undefined`: nothing is limited. */
  readonly rates: RateLimits | undefined;
  readonly limits: BodyLimits;
  /** What query results that wait for their callers to take them use together. */
  readonly waitingResults: IncomingBytes;
}
