import type { LimitsInForce } from '../channel/messages';
import type { CommitTime } from './commit-time';

/** What holds for whatever is carried out. */
export interface CommitRules {
  readonly limits: LimitsInForce;
  readonly time: CommitTime;
}
