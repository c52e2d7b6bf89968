import { useEffect, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { whyNoTopicName } from '../../exact/topic-name';
import type { TopicState } from '../topics/topic-state';

export interface TopicCheck {
  /** Why events cannot be sent to a topic of this name. */
  readonly problem: string | undefined;
  /** Whether there is such a topic; `undefined`: it is not known. */
  readonly isThere: boolean | undefined;
}

/** What `ReadTopics` has told of the topics that there are. */
type Told = Partial<Pick<TopicState, 'name' | 'kind'>> & { readonly type: string };

/** What is known of the topic that a first event is to be sent to. */
export function useTopicCheck(topic: string): TopicCheck {
  const { live } = useConsole();
  const [found, setFound] = useState<{ readonly topic: string; readonly kind: TopicState['kind'] | undefined }>();
  const wrong = whyNoTopicName(topic);
  useEffect(() => {
    let kind: TopicState['kind'] | undefined;
    const tell = (): void => {
      setFound((before) => (before?.topic === topic && before.kind === kind ? before : { topic, kind }));
    };
    return live.stream<Told>('ReadTopics', [], {
      item(told) {
        if (told.name !== topic) return;
        kind = told.type === 'removed' ? undefined : told.kind;
        tell();
      },
      caughtUp: tell,
      // What arrives is listed with the same call, which says so.
      refused: () => undefined,
    });
  }, [live, topic]);
  if (wrong !== undefined) return { problem: wrong, isThere: false };
  // While another one is looked for, what was found of the last one is still there.
  if (found?.topic !== topic) return { problem: undefined, isThere: undefined };
  const problem = found.kind === 'rows' ? `${topic} is a data source: it takes rows, and no events` : undefined;
  return { problem, isThere: found.kind !== undefined };
}
