import type { ErrorCode } from '../../errors';

/** What writing to a stream may fail with, which is made if there is none, and its topic with it. */
export const STREAM_WRITE_ERRORS = [
  'unknown_topic',
  'wrong_topic_kind',
  'topic_limit',
  'stream_limit',
] as const satisfies readonly ErrorCode[];

/** What storing something may fail with that may be sent again. */
export const APPEND_ERRORS = [
  ...STREAM_WRITE_ERRORS,
  'invalid_idempotency_key',
  'idempotency_mismatch',
] as const satisfies readonly ErrorCode[];

/** What reading on from a position may fail with. */
export const READ_ERRORS = [
  'unknown_topic',
  'wrong_topic_kind',
  'position_gone',
] as const satisfies readonly ErrorCode[];

/** What looking for a data source may fail with. */
export const SOURCE_ERRORS = ['unknown_data_source', 'wrong_topic_kind'] as const satisfies readonly ErrorCode[];

/** What a schema that is sent may fail with. */
export const SCHEMA_ERRORS = [
  'invalid_schema',
  'invalid_name',
  'malformed_body',
  'wrong_topic_kind',
  'schema_changed',
  'topic_limit',
] as const satisfies readonly ErrorCode[];
