import { renderTags } from '../events/event-json';
import type { TopicIds } from '../events/topic-ids';
import type { FeedEvent, Framing } from '../feed/feed-event';
import { RawJson } from '../signalr';
import { rawFraming } from './event-items';

/** What Quix calls the content of a package of events. */
const PACKAGE_TYPE = 'QuixStreams.Telemetry.Models.EventDataRaw[]';

/** How many events one package holds, and of how many bytes. */
const PACKAGE_EVENTS = 100;
const PACKAGE_BYTES = 64 * 1024;

/** What is sent to the clients of Quix's Reader API, made once for all of them. */
export class ReaderItems {
  /** The argument of `EventDataReceived`: one event, with its position as `offset`. */
  readonly event: Framing<RawJson>;
  /** By events that all readers at one place are given. */
  readonly #packages = new WeakMap<readonly FeedEvent[], readonly RawJson[]>();
  readonly #ids: TopicIds;

  constructor(ids: TopicIds) {
    this.#ids = ids;
    this.event = rawFraming(({ event, topic }) => {
      const { streamId, id, timestamp, value, tags, position } = event;
      const where = JSON.stringify({ topicId: ids.idOf(topic), topicName: topic, streamId, id }).slice(0, -1);
      const what = `"value":${JSON.stringify(value)},"tags":${renderTags(tags)}`;
      return `${where},"timestamp":${timestamp.toString()},${what},"offset":${JSON.stringify(position)}}`;
    });
  }

  /** The arguments of `PackageReceived`: what follows each other in one stream is one package. */
  packages(events: readonly FeedEvent[]): readonly RawJson[] {
    let packages = this.#packages.get(events);
    if (packages === undefined) {
      const dateTime = new Date().toISOString();
      packages = runs(events).map((run) => this.#package(run, dateTime));
      this.#packages.set(events, packages);
    }
    return packages;
  }

  #package(run: readonly FeedEvent[], dateTime: string): RawJson {
    const { topic, event } = run[0]!;
    const value = `[${run.map(pascalCase).join(',')}]`;
    const { streamId } = event;
    const where = { topicId: this.#ids.idOf(topic), topicName: topic, streamId };
    return new RawJson(JSON.stringify({ ...where, type: PACKAGE_TYPE, value, dateTime }));
  }
}

/** Events in order, cut where the stream changes, or there are enough of them. */
function runs(events: readonly FeedEvent[]): FeedEvent[][] {
  const found: FeedEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const last = found.at(-1);
    const isSameStream = last?.[0]?.event.streamId === event.event.streamId;
    if (last !== undefined && isSameStream && last.length < PACKAGE_EVENTS && bytes < PACKAGE_BYTES) {
      last.push(event);
      bytes += event.bytes;
    } else {
      found.push([event]);
      bytes = event.bytes;
    }
  }
  return found;
}

function pascalCase({ event: { id, timestamp, value, tags } }: FeedEvent): string {
  const what = `"Id":${JSON.stringify(id)},"Value":${JSON.stringify(value)},"Tags":${renderTags(tags)}`;
  return `{"Timestamp":${timestamp.toString()},${what}}`;
}
