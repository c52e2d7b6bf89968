import type {
  CommitRequest,
  CommitResult,
  EventGroupColumns,
  PackageGroupColumns,
  RecordColumns,
  RowGroupColumns,
  SentCommit,
  SentResult,
  StreamOutcomes,
} from './messages';

const NO_TARGETS = {
  ...{ topics: [], start: 0, records: new Int32Array(0) },
  ...{ streamIds: [], createTopic: new Uint8Array(0), creators: [] },
};
const NO_TEXTS = {
  ...{ textEnds: new Float64Array(0), minTimestamps: new BigInt64Array(0), maxTimestamps: new BigInt64Array(0) },
};

export const NO_EVENTS: EventGroupColumns = { ...NO_TARGETS, ...NO_TEXTS };
export const NO_PACKAGES: PackageGroupColumns = {
  ...NO_TARGETS,
  ...NO_TEXTS,
  packageEnds: new Int32Array(0),
  shapes: new Float64Array(0),
};
export const NO_ROWS: RowGroupColumns = {
  ...{ topics: [], start: 0, records: new Int32Array(0) },
  ...{ schemaVersions: [], rowsEnds: new Float64Array(0), quarantineEnds: new Float64Array(0), replaced: [] },
};
export const NO_RECORDS: RecordColumns = {
  ...{ keys: [], subjects: [], fingerprints: new Uint8Array(0), answers: [], expiresAt: new Float64Array(0) },
};
const NO_OUTCOMES: StreamOutcomes = { failed: [], firstOffsets: new Float64Array(0), generations: new Float64Array(0) };

export function toSent({ groups: { events, packages, rows }, records, ...rest }: CommitRequest): SentCommit {
  const groups = {
    ...(events.topics.length > 0 && { events }),
    ...(packages.topics.length > 0 && { packages }),
    ...(rows.topics.length > 0 && { rows }),
  };
  return { ...rest, groups, ...(records.keys.length > 0 && { records }) };
}

export function fromSent({ groups, records = NO_RECORDS, ...rest }: SentCommit): CommitRequest {
  const { events = NO_EVENTS, packages = NO_PACKAGES, rows = NO_ROWS } = groups;
  return { ...rest, groups: { events, packages, rows }, records };
}

export function toSentResult({ outcomes, ...rest }: CommitResult): SentResult {
  const { packages, ...others } = outcomes;
  return { ...rest, outcomes: packages.firstOffsets.length > 0 ? outcomes : others };
}

export function fromSentResult({ outcomes, ...rest }: SentResult): CommitResult {
  return { ...rest, outcomes: { packages: NO_OUTCOMES, ...outcomes } };
}
