import { WriterHubError } from '../../errors';
import type { TopicInfo } from './catalogue';

export type TopicKind = TopicInfo['kind'];

/** Throws `wrong_topic_kind` unless a topic is of the kind that is meant. */
export function refuseOtherKind(name: string, kind: TopicKind, meant: TopicKind): void {
  if (kind === meant) return;
  throw new WriterHubError(
    'wrong_topic_kind',
    kind === 'rows'
      ? `"${name}" is a data source: it holds rows, not events`
      : `"${name}" is a topic of events, not a data source`,
  );
}
