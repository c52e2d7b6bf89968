import { useEffect } from 'preact/hooks';
import { ApiError } from '../../api/api-error';
import { useConsole } from '../../app/console-context';
import { useLoaded } from '../../app/use-loaded';
import { useWhenMade } from '../../app/use-when-made';
import type { TopicState } from '../topics/topic-state';

export interface TopicLook {
  /** `undefined`: not known yet, or gone. */
  readonly topic: TopicState | undefined;
  readonly isGone: boolean;
  /** Why it is not known. */
  readonly error: Error | undefined;
  readonly reload: () => void;
}

/** Milliseconds between two looks at a topic that is open. */
const REFRESHED_EVERY = 3000;

/** What a topic holds now, asked for every few seconds while somebody looks. */
export function useTopic(name: string): TopicLook {
  const { api } = useConsole();
  const { value, error, reload } = useLoaded((signal) => api.get<TopicState>(['topics', name], { signal }), [name]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, REFRESHED_EVERY);
    return () => {
      clearInterval(timer);
    };
  }, [reload]);
  useWhenMade(name, error, reload);
  const isGone = error instanceof ApiError && error.code === 'unknown_topic';
  // While another topic is asked for, the last one is still there.
  return {
    topic: value?.name === name && !isGone ? value : undefined,
    error: isGone ? undefined : error,
    isGone,
    reload,
  };
}
