import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Live } from '../../api/live';
import { watchTopic } from '../../api/topic-watch';
import { useConsole } from '../../app/console-context';
import { DrawPace } from '../../tail/draw-pace';
import type { SentEvent, ShownEvent } from '../../tail/event';
import { isEmpty, matcher, type EventFilter } from '../../tail/event-filter';
import { EventPages, type EventsAnswer, type ReadPage } from '../../tail/event-pages';
import { Tail, type TailParts } from '../../tail/tail';
import { TailWindow } from '../../tail/tail-window';
import { eventsPath, type Place } from './place';

/** What is held of the list, and of what comes while it is paused. */
const LIMITS = { rows: 5_000, characters: 32_000_000 };
const PENDING_LIMITS = { rows: 2_000, characters: 16_000_000 };

/** How many ids and tags the hub takes; more are picked here alone. */
const MAX_NAMES = 100;

/** The tail of a place, drawn anew as it changes; and how often it was. Another filter is another tail. */
export function useTail(place: Place, filter: EventFilter): { readonly tail: Tail; readonly drawn: number } {
  const { api, live } = useConsole();
  const { topic, streamId } = place;
  const [drawn, setDrawn] = useState(0);
  const key = JSON.stringify([topic, streamId, filter]);
  const made = useMemo(() => {
    const matches = withinStream(streamId, filter);
    const pace = new DrawPace({ request: (draw) => requestAnimationFrame(draw), cancel: cancelFrame }, () => {
      tail.window.flush();
      setDrawn((count) => count + 1);
    });
    const read: ReadPage = ({ order, after, limit }, signal) =>
      api.get<EventsAnswer>(eventsPath(place), { query: { order, after, limit }, signal });
    const tail = new Tail({
      pages: new EventPages(read, streamId, isEmpty(filter) ? undefined : matches),
      window: new TailWindow({ limits: LIMITS, pending: PENDING_LIMITS, matches }),
      streamId,
      showsAll: streamId === undefined && isEmpty(filter),
      follow: follower(live, place, filter),
      awaitPlace: (isThere) => watchTopic(live, topic, isThere),
      changed: () => {
        pace.ask();
      },
      now: () => performance.now(),
    });
    return { tail, pace };
  }, [key]);
  useEffect(() => {
    void made.tail.start();
    return () => {
      made.tail.stop();
      made.pace.stop();
    };
  }, [made]);
  return { tail: made.tail, drawn };
}

function cancelFrame(frame: number): void {
  cancelAnimationFrame(frame);
}

/** The hub takes a stream that is named `*` for every stream. */
function withinStream(streamId: string | undefined, filter: EventFilter): (event: ShownEvent) => boolean {
  const matches = matcher(filter);
  return (event) => (streamId === undefined || event.streamId === streamId) && matches(event);
}

type HubItem =
  | ({ readonly type: 'event' } & SentEvent)
  | { readonly type: 'start' | 'progress' | 'caught-up'; readonly position: string };

function follower(live: Live, { topic, streamId }: Place, { ids, tags }: EventFilter): TailParts['follow'] {
  const chosen = {
    timestamps: 'text',
    ...(streamId !== undefined && { streamId }),
    ...(ids.length > 0 && ids.length <= MAX_NAMES && { ids }),
    ...(tags.length > 0 && tags.length <= MAX_NAMES && { tags: Object.fromEntries(tags) }),
  };
  return (from, handlers) =>
    live.stream<HubItem>('ReadEvents', (position) => [topic, { ...chosen, from: position ?? from }], {
      item(item) {
        if (item.type === 'event') handlers.event(item);
        else if (item.type === 'progress') handlers.progress(item.position);
      },
      caughtUp: () => {
        handlers.caughtUp();
      },
      lost: () => {
        handlers.lost();
      },
      back: () => {
        handlers.back();
      },
      refused: (failure) => {
        handlers.refused(failure);
      },
    });
}
