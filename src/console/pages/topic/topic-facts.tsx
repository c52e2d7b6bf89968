import { formatMoment } from '../../exact/nanoseconds';
import { formatAgo, formatBytes, formatCount } from '../../exact/numbers';
import { retentionText } from '../topics/retention-text';
import { recordCount, type TopicState } from '../topics/topic-state';

interface Props {
  /** `undefined`: not known yet. */
  readonly topic: TopicState | undefined;
  /** The reader wants to change how long it keeps what it holds. */
  readonly onRetention: () => void;
}

/** What a topic holds, in numbers. */
export function TopicFacts({ topic, onRetention }: Props) {
  const facts = topic === undefined ? [] : factsOf(topic);
  return (
    <dl class="facts">
      {facts.map(([name, value, exact]) => (
        <div key={name} class="fact">
          <dt>{name}</dt>
          <dd class="numbers" title={exact}>
            {value}
          </dd>
        </div>
      ))}
      {topic !== undefined && (
        <div class="fact">
          <dt>Kept</dt>
          <dd>
            {retentionText(topic.retention)}{' '}
            <button type="button" class="link-button" onClick={onRetention}>
              Change<span class="visually-hidden"> how long it is kept</span>
            </button>
          </dd>
        </div>
      )}
    </dl>
  );
}

function factsOf(topic: TopicState): readonly (readonly [name: string, value: string, exact: string])[] {
  const { storedAt, createdAt, bytes } = topic;
  const last = storedAt === null ? 'never' : formatAgo(Date.parse(storedAt), Date.now());
  return [
    ['Events', formatCount(recordCount(topic)), ''],
    ['Streams', formatCount(topic.streams ?? 0), ''],
    ['Size', formatBytes(bytes), `${formatCount(bytes)} bytes of text`],
    ['Last activity', last, storedAt === null ? '' : formatMoment(storedAt)],
    ['Made', formatMoment(createdAt).slice(0, 10), formatMoment(createdAt)],
  ];
}
