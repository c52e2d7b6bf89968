import type { ErrorCode } from '../../errors';
import type { JsonSchema } from '../../schemas/json-schema';

/** A method of the hub as data, for whoever documents it. A test compares it with the method. */
export interface MethodDescription {
  readonly parameters: readonly MethodParameter[];
  /** What the caller gets: one value, or a stream of items. Absent: `null`, once it is done. */
  readonly answer?: MethodAnswer;
  /** What a token needs: one of these. `any`: a valid one, which sees what it may read. */
  readonly scope: 'any' | readonly string[];
  /** What it may fail with besides `OF_EVERY_METHOD`. The text of an error begins with its code. */
  readonly errors: readonly ErrorCode[];
  /** Methods of the client that the hub calls from then on. */
  readonly callbacks?: readonly ClientMethodName[];
  /** A phrase. */
  readonly meaning: string;
  /** More than `meaning` says, in Markdown. */
  readonly details?: string;
  /** JavaScript with the stock client. */
  readonly example?: string;
}

/** A parameter of a method of the hub or of a client. */
export interface MethodParameter {
  readonly name: string;
  /** Whether it may be left out. */
  readonly optional?: true;
  /** Whether it is a stream that the client sends; then the schema is that of an item. */
  readonly isStream?: true;
  readonly schema: JsonSchema;
  readonly meaning: string;
}

export interface MethodAnswer {
  /** Whether it is a stream; then the schema is that of an item. */
  readonly isStream?: true;
  readonly schema: JsonSchema;
  readonly meaning: string;
}

/** A method of the client that the hub calls. */
export interface ClientMethodDescription {
  readonly parameters: readonly MethodParameter[];
  readonly meaning: string;
}

export type ClientMethodName =
  | 'EventDataReceived'
  | 'ParameterDataReceived'
  | 'PackageReceived'
  | 'ParameterDefinitionsUpdated'
  | 'EventDefinitionsUpdated'
  | 'ActiveStreamsChanged'
  | 'TopicMetricsUpdated';

/** Methods that belong together, for people. */
export interface MethodGroup {
  readonly heading: string;
  readonly meaning: string;
  readonly methods: Readonly<Record<string, MethodDescription>>;
}

/** Errors of any method, whatever it does. */
export const OF_EVERY_METHOD = [
  'invalid_query',
  'unauthenticated',
  'over_share',
  'store_unavailable',
  'shutting_down',
] as const satisfies readonly ErrorCode[];
