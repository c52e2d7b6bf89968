import { workerData } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { openForReading } from '../file/connection';
import { isEngineFailure, isPassing } from '../channel/failure';
import type { StoreLimits, ThreadData } from '../channel/messages';
import type { ReaderCalls } from '../channel/reader-messages';
import { Queries } from './queries';
import { RowQueries } from './row-queries';
import type { SampledStream } from './sample-aggregates';
import { SampleQueries } from './sample-queries';
import { TopicStates } from './topic-states';
import { serveCalls } from '../channel/serve-calls';

/** The reading connection: opened when it is needed, and again after a failure that may have damaged it. */
class Reader {
  #database: Database | undefined;
  #queries: Queries | undefined;
  #rows: RowQueries | undefined;
  #samples: SampleQueries | undefined;
  #states: TopicStates | undefined;
  #data: ThreadData;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** From the next question on. */
  setLimits(limits: StoreLimits): void {
    this.#data = { ...this.#data, limits };
    this.#queries = undefined;
    this.#states = undefined;
  }

  ask<Answer>(question: (queries: Queries) => Answer): Answer {
    return this.#answer((database) => question((this.#queries ??= new Queries(database, this.#data.limits.retention))));
  }

  askRows<Answer>(question: (rows: RowQueries) => Answer): Answer {
    return this.#answer((database) => question((this.#rows ??= new RowQueries(database))));
  }

  askSamples<Answer>(question: (samples: SampleQueries) => Answer): Answer {
    return this.#answer((database) => question((this.#samples ??= this.#newSamples(database))));
  }

  askStates<Answer>(question: (states: TopicStates) => Answer): Answer {
    return this.#answer((database) =>
      question((this.#states ??= new TopicStates(database, this.#data.limits.retention))),
    );
  }

  #newSamples(database: Database): SampleQueries {
    const find = (topic: string, streamId: string): SampledStream =>
      this.ask((queries) => queries.sampledStream(topic, streamId));
    return new SampleQueries(database, find);
  }

  #answer<Answer>(question: (database: Database) => Answer): Answer {
    try {
      return question((this.#database ??= openForReading(this.#data)));
    } catch (error) {
      if (isEngineFailure(error) && !isPassing(error)) this.close();
      throw error;
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#queries = undefined;
    this.#rows = undefined;
    this.#samples = undefined;
    this.#states = undefined;
  }
}

const reader = new Reader(workerData as ThreadData);

serveCalls<ReaderCalls>('read', (request) => {
  switch (request.kind) {
    case 'limits':
      reader.setLimits(request.limits);
      return null;
    case 'topic':
      return reader.ask((queries) => queries.topic(request.name));
    case 'topics':
      return reader.ask((queries) => queries.topics(request.page));
    case 'named_topics':
      return reader.ask((queries) => queries.namedTopics(request.names));
    case 'definitions':
      return reader.ask((queries) => queries.definitions(request.topic, request.streamIds));
    case 'named_streams':
      return reader.ask((queries) => queries.namedStreams(request.topic, request.streamIds));
    case 'recent_streams':
      return reader.ask((queries) => queries.recentStreams(request.topic, request.query));
    case 'streams':
      return reader.ask((queries) => queries.streams(request.topic, request.page));
    case 'stream':
      return reader.ask((queries) => queries.stream(request.topic, request.streamId));
    case 'read':
      return reader.ask((queries) => queries.read(request.query));
    case 'packages':
      return reader.ask((queries) => queries.packages(request.query));
    case 'samples':
      return reader.askSamples((samples) => samples.samples(request.query));
    case 'aggregates':
      return reader.askSamples((samples) => samples.aggregates(request.query));
    case 'seen_parameters':
      return reader.ask((queries) => queries.seenParameters(request.topic, request.streamIds));
    case 'resolve':
      return reader.ask((queries) => queries.resolve(request.topic, request.start));
    case 'quarantined_rows':
      return reader.ask((queries) => queries.quarantinedRows(request.name, request.page));
    case 'read_rows':
      return reader.askRows((rows) => rows.rows(request.query));
    case 'read_quarantine':
      return reader.askRows((rows) => rows.quarantined(request.query));
    case 'resolve_rows':
      return reader.askRows((rows) => rows.resolve(request.name, request.part, request.start));
    case 'backlog':
      return reader.ask((queries) => queries.backlog());
    case 'log_plans':
      return reader.askStates((states) => request.topics.flatMap((topic) => states.plan(topic, request.rules) ?? []));
    case 'topic_state':
      return reader.askStates((states) => states.state(request.topic, request.log));
    case 'revoked_tokens':
      return reader.ask((queries) => queries.revokedTokens());
    case 'close':
      reader.close();
      return null;
  }
});
