import type { ColumnStorage } from '../../contract/row-store';

/** A place that a log may be cut at, and what its topic was there. */
export interface LogCut {
  /** The first offset of the log that the state does not hold. */
  readonly asOf: number;
  /** The offset that the next event, package or row of the topic gets there. */
  readonly nextOffset: number;
  /** The same of quarantined rows; 0: those that were there are in the state. */
  readonly nextQuarantineOffset: number;
  /** Bytes of all texts that were ever stored in the topic until then. */
  readonly textBytes: number;
}

/** A part of a state, as a log says it. */
export interface StatePart extends LogCut {
  /** Of the state; another one for each. */
  readonly id: string;
  /** Counted from 0. */
  readonly index: number;
  readonly count: number;
  /** Bytes of all of its parts. */
  readonly statedBytes: number;
  /** Base64 of a part of the gzipped lines; empty for a view that has come there, and knows what it is. */
  readonly text: string;
}

/** The state of a topic, as it is put into its log. */
export interface TopicState extends LogCut {
  /** Gzipped lines: a `StateLine` each, as JSON, the topic first. */
  readonly bytes: Uint8Array;
}

/** All that there is of a topic but the records that it holds. Times are milliseconds since the Unix epoch. */
export type StateLine =
  | StatedTopic
  | StatedStream
  | { readonly kind: 'parameter'; readonly name: string }
  | StatedRecord
  | StatedQuarantine
  | { readonly kind: 'writer'; readonly writer: string; readonly number: number; readonly wroteAt: number }
  /** A part of a write of which not all parts had come. */
  | { readonly kind: 'chunk'; readonly writer: string; readonly place: number; readonly base64: string };

export interface StatedTopic {
  readonly kind: 'topic';
  readonly asOf: number;
  readonly nextOffset: number;
  readonly textBytes: number;
  readonly storedAt: number;
  readonly markedAt: number;
  readonly retentionAge: number | null;
  readonly retentionBytes: number | null;
  /** Of a data source. */
  readonly source?: StatedSource;
}

export interface StatedSource {
  readonly definition: string;
  readonly columns: readonly { readonly name: string; readonly storage: ColumnStorage }[];
  readonly schemaChanges: number;
  readonly updatedAt: number | null;
  readonly firstQuarantineOffset: number;
  readonly nextQuarantineOffset: number;
}

export interface StatedStream {
  readonly kind: 'stream';
  readonly streamId: string;
  readonly status: string;
  /** JSON text. */
  readonly properties: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Nanoseconds, in digits. */
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** JSON texts of lists, by their kinds. */
  readonly definitions?: Readonly<Record<string, string>>;
  /** What it has had of which parameters: the name, and the index of the kind of values. */
  readonly series?: readonly (readonly [name: string, kind: number])[];
}

/** An idempotency record. */
export interface StatedRecord {
  readonly kind: 'record';
  readonly key: string;
  readonly streamId: string | null;
  readonly subject: string | null;
  /** Base64. */
  readonly fingerprint: string;
  readonly answer: string;
  readonly expiresAt: number;
}

export interface StatedQuarantine {
  readonly kind: 'quarantine';
  readonly offset: number;
  /** Base64. */
  readonly raw: string;
  readonly columns: string;
  readonly reasons: string;
  readonly originals: string;
  readonly insertedAt: number;
}

/** What can be done about the log of a topic. */
export interface LogPlan {
  readonly topic: string;
  /** The log is cut before this offset; 0: it never was. */
  readonly cutAt: number;
  /** Bytes of the texts that were stored before. */
  readonly cutBytes: number;
  /** It can be cut here: nothing that was stored before is kept. */
  readonly cut?: LogCut;
  /**
   * Whether a state should be put into it, so that it can be cut later; `too_large`: it should, but what the topic is
   * apart from what it holds is more than a state may be.
   */
  readonly state: 'due' | 'not_due' | 'too_large';
}

/** When something is done about logs. */
export interface PlanRules {
  /** A state is put into a log after so many bytes. */
  readonly every: number;
  /** States that were put there by then count, milliseconds since the Unix epoch. */
  readonly until: number;
  /** The largest state that is made, bytes, roughly. */
  readonly most: number;
}
