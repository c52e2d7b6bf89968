import type { FeedEvent } from '../feed/feed-event';
import type { IdPatterns } from './id-patterns';

/** The connection that what is subscribed to is sent to. */
export interface Subscriber {
  readonly holder: string;
  /** What it subscribes to in all topics. */
  readonly everywhere: IdPatterns;
  readonly packagesEverywhere: boolean;
  /** Sends one event; resolves when the client has room for the next. */
  sendEvent(event: FeedEvent): Promise<unknown>;
  /** Sends the packages of events; resolves when the client has room for the next. */
  sendPackages(events: readonly FeedEvent[]): Promise<unknown>;
  /** Resolves when there is time to send something. */
  turn(): Promise<void>;
  /** It can be given no more: its connection ends, and is told why. */
  end(error: unknown): void;
}
