import type { RawJson } from '../signalr';
import type { IdPatterns } from './id-patterns';

/** The connection that what is subscribed to is sent to. */
export interface Subscriber {
  readonly holder: string;
  /** What it subscribes to in all topics. */
  readonly everywhere: IdPatterns;
  readonly packagesEverywhere: boolean;
  /** Sends a record, or what is wanted of it; resolves when the client has room for the next. */
  sendRecord(item: RawJson): Promise<unknown>;
  /** Sends packages; resolves when the client has room for the next. */
  sendPackages(packages: readonly RawJson[]): Promise<unknown>;
  /** Resolves when there is time to send something. */
  turn(): Promise<void>;
  /** It can be given no more: its connection ends, and is told why. */
  end(error: unknown): void;
}
