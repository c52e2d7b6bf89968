import type { Live, StreamHandlers } from '../../src/console/api/live';
import { watchTopic } from '../../src/console/api/topic-watch';

/** Watches `cars`; tells what the feed says, and how often something was heard. */
function watched(): { readonly tell: (item: object) => void; readonly heard: () => number } {
  const given: StreamHandlers<object>[] = [];
  const live = {
    stream: (_: string, __: unknown, handlers: unknown) => {
      given.push(handlers as StreamHandlers<object>);
      return () => undefined;
    },
  } as unknown as Live;
  let count = 0;
  watchTopic(live, 'cars', () => {
    count += 1;
  });
  return {
    tell: (item) => {
      given[0]!.item(item);
    },
    heard: () => count,
  };
}

describe('watchTopic', () => {
  it('tells when the topic is made, is made anew, and when it gets a stream, but not of each event', () => {
    const { tell, heard } = watched();
    tell({ type: 'start' });
    tell({ type: 'topic', name: 'others', streams: 1 });
    expect(heard()).toBe(0);
    tell({ type: 'topic', name: 'cars', streams: 1, events: 1 });
    tell({ type: 'topic', name: 'cars', streams: 1, events: 2 });
    expect(heard()).toBe(1);
    tell({ type: 'topic', name: 'cars', streams: 2 });
    expect(heard()).toBe(2);
    tell({ type: 'removed', name: 'cars' });
    expect(heard()).toBe(2);
    tell({ type: 'topic', name: 'cars', streams: 2 });
    expect(heard()).toBe(3);
  });
});
