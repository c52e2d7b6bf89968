import type { Change } from '../channel/messages';

/** What it takes to make a topic, with its tables, or to take one away, in groups of events. */
export const STEPS_PER_TOPIC = 60;
/** What a column of a table adds to that. */
const STEPS_PER_COLUMN = 0.25;

type Kind = Change['kind'];

/** Changes that make, alter or take away tables; all that was prepared for the database is prepared anew after them. */
const OF_TABLES: ReadonlySet<Kind> = new Set<Kind>([
  'remove_topic',
  'create_data_source',
  'change_data_source',
  'truncate_data_source',
  'drop_data_source',
  'restate',
]);

const OF_TOPICS: ReadonlySet<Kind> = new Set<Kind>([...OF_TABLES, 'remove_stream', 'set_retention']);

/** Whether a change concerns all that a topic holds, whoever has written it. */
export function isOfTopic({ kind }: Change): boolean {
  return OF_TOPICS.has(kind);
}

/** What a change is as work, in groups of events, besides being one step and the topic that it may have to make. */
export function extraSteps(change: Change): number {
  if (!OF_TABLES.has(change.kind)) return 0;
  const columns = change.kind === 'create_data_source' ? change.columns.length : 0;
  return STEPS_PER_TOPIC + columns * STEPS_PER_COLUMN;
}
