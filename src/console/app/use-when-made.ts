import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/api-error';
import { watchTopic } from '../api/topic-watch';
import { useConsole } from './console-context';

/** Codes of what is not there, and may be made. */
const MISSING: ReadonlySet<string> = new Set(['unknown_topic', 'unknown_stream', 'unknown_data_source']);

/** Asks again when a topic or data source is made, or gets a stream, while the last answer was that it is not there. */
export function useWhenMade(topic: string, error: Error | undefined, reload: () => void): void {
  const { live } = useConsole();
  const latest = useRef(reload);
  latest.current = reload;
  const isMissing = error instanceof ApiError && MISSING.has(error.code);
  useEffect(() => {
    if (!isMissing) return undefined;
    return watchTopic(live, topic, () => {
      latest.current();
    });
  }, [live, topic, isMissing]);
}
