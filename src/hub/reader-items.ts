import { renderTags } from '../events/event-json';
import type { TopicIds } from '../events/topic-ids';
import type { FeedEvent } from '../feed/feed-event';
import type { FeedPackage } from '../feed/feed-package';
import type { Framing } from '../feed/feed-record';
import { renderPackage, renderRawPackage } from '../parameters/package-json';
import { RawJson } from '../signalr';
import { rawFraming } from './record-items';

/** What Quix calls the content of packages. */
const EVENTS_TYPE = 'QuixStreams.Telemetry.Models.EventDataRaw[]';
const PARAMETERS_TYPE = 'QuixStreams.Telemetry.Models.TimeseriesDataRaw';

/** How many events one package holds, and of how many bytes. */
const PACKAGE_EVENTS = 100;
const PACKAGE_BYTES = 64 * 1024;

/** What is sent to the clients of Quix's Reader API, made once for all of them. */
export class ReaderItems {
  /** The argument of `EventDataReceived`: one event, with its position as `offset`. */
  readonly event: Framing<RawJson, FeedEvent>;
  /** The argument of `ParameterDataReceived`: a package, or the part of it that is wanted. */
  readonly parameters: Framing<RawJson, FeedPackage>;
  /** The argument of `PackageReceived` for a package of parameter data. */
  readonly parameterPackage: Framing<RawJson, FeedPackage>;
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
    this.parameters = rawFraming(({ topic, streamId, position, content }) => {
      const where = JSON.stringify(this.#where(topic, streamId)).slice(0, -1);
      return `${where},${renderPackage(content)},"offset":${JSON.stringify(position)}}`;
    });
    this.parameterPackage = rawFraming(({ topic, streamId, content }) =>
      this.#packageText({ topic, streamId, type: PARAMETERS_TYPE, value: renderRawPackage(content) }, new Date()),
    );
  }

  /** The arguments of `PackageReceived`: what follows each other in one stream is one package. */
  packages(events: readonly FeedEvent[]): readonly RawJson[] {
    let packages = this.#packages.get(events);
    if (packages === undefined) {
      const dateTime = new Date();
      packages = runs(events).map((run) => this.#package(run, dateTime));
      this.#packages.set(events, packages);
    }
    return packages;
  }

  #package(run: readonly FeedEvent[], dateTime: Date): RawJson {
    const { topic, event } = run[0]!;
    const value = `[${run.map(pascalCase).join(',')}]`;
    return new RawJson(this.#packageText({ topic, streamId: event.streamId, type: EVENTS_TYPE, value }, dateTime));
  }

  /** `value`: JSON text, which is sent as a string. */
  #packageText({ topic, streamId, type, value }: PackageContent, dateTime: Date): string {
    return JSON.stringify({ ...this.#where(topic, streamId), type, value, dateTime });
  }

  #where(topic: string, streamId: string): object {
    return { topicId: this.#ids.idOf(topic), topicName: topic, streamId };
  }
}

interface PackageContent {
  readonly topic: string;
  readonly streamId: string;
  readonly type: string;
  readonly value: string;
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
