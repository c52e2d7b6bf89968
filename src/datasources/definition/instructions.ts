import { excerpt } from '../../json/excerpt';
import { schemaError } from '../schema/schema-error';

/** An instruction of a `.datasource` file. */
export interface NamedInstruction {
  readonly name: string;
  /** The number of its line, from 1. */
  readonly line: number;
  /** The text behind the name, or that of the indented lines below it. */
  readonly value: string;
}

/** What becomes of an instruction. */
export interface Judgement {
  /** Whether it is kept and returned with the file. */
  readonly isKept: boolean;
  /** Why it has no effect, or not the one it has elsewhere. */
  readonly warning?: string;
}

/** Instructions that have no effect, and why they have none. */
const INEFFECTIVE: readonly (readonly [RegExp, string])[] = [
  [/^(BACKFILL|FORWARD_QUERY)$/, 'rows that are stored are not rewritten; they get the DEFAULT of a new column'],
  [/^ENGINE_PARTITION_KEY$/, 'rows are not partitioned'],
  [/^ENGINE_(PRIMARY|SORTING)_KEY$/, 'rows are kept in the order they came in'],
  [/^ENGINE_SAMPLING_KEY$/, 'queries read all rows'],
  [/^ENGINE_SETTINGS$/, 'there are no such settings'],
  [/^ENGINE_(VER|VERSION|SIGN|IS_DELETED)$/, 'rows are not merged: every row that came stays, and queries see all'],
  [/^INDEXES$/, 'columns have no indexes'],
  [/^TAGS$/, 'data sources have no labels'],
  // Real files always have it, and ignoring it allows a token less, not more.
  [/^TOKEN$/, 'tokens are made by "writer-hub token"'],
  // The same: who is to read it needs a token with the scope to do so.
  [/^SHARED_WITH$/, 'there is only one workspace; make a token with the scope read:<name> instead'],
  [/^(KAFKA|IMPORT)_/, 'nothing is fetched; rows come over HTTP, to /v0/events'],
  [/^VERSION$/, 'a data source has no versions'],
];

/** Engines that merge rows of the same key, some time after they came, and what they would do with them. */
const MERGING: Readonly<Record<string, string>> = {
  ReplacingMergeTree: 'replaced by the latest',
  SummingMergeTree: 'added up',
  AggregatingMergeTree: 'aggregated',
  CollapsingMergeTree: 'cancelled out',
  VersionedCollapsingMergeTree: 'cancelled out',
  CoalescingMergeTree: 'merged',
};

const KEPT: Judgement = { isKept: true };
const DROPPED: Judgement = { isKept: false };

/**
 * Says what becomes of an instruction that is neither the schema nor the description. Throws `invalid_schema` for one
 * that there is not, and where rows would have to be stored in another way.
 */
export function judgeInstruction({ name, line, value }: NamedInstruction): Judgement {
  const plain = plainValue(value);
  if (name === 'ENGINE') return judgeEngine(plain, line);
  // Generated files have instructions without a value.
  if (name === 'ENGINE_TTL') return plain === '' ? DROPPED : KEPT;
  const found = INEFFECTIVE.find(([pattern]) => pattern.test(name));
  if (found === undefined) {
    const remedy = name === 'INCLUDE' ? '; write what the other file says into this one' : '';
    throw schemaError(`line ${line}: there is no instruction ${excerpt(name)}${remedy}`);
  }
  return plain === '' ? KEPT : { isKept: true, warning: `${name} has no effect here: ${found[1]}` };
}

/** A value without the quotes around it. */
export function plainValue(value: string): string {
  return value
    .trim()
    .replace(/^"([^]*)"$/, '$1')
    .trim();
}

function judgeEngine(engine: string, line: number): Judgement {
  const name = engine.replace(/^(Replicated|Shared)(?=\w)/, '').replace(/\(.*\)$/s, '');
  if (name === '' || name === 'MergeTree') return KEPT;
  const merged = Object.hasOwn(MERGING, name) ? MERGING[name] : undefined;
  if (merged === undefined) {
    throw schemaError(`line ${line}: ENGINE ${excerpt(engine)} cannot be honoured; rows are kept as with MergeTree`);
  }
  return {
    isKept: true,
    warning:
      `ENGINE ${name} DOES NOT MERGE here: rows of one key are not ${merged}, every row that came stays, ` +
      'and queries see all of them: group by the key in each query',
  };
}
