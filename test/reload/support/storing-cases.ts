import { codeOf, event, eventsOf, metric, type ReloadCases } from './reload-case';
import type { TestHub } from '../../support/test-hub';

const post = async (hub: TestHub, path: string, body: unknown): Promise<unknown> => codeOf(await hub.post(path, body));
const rows = (hub: TestHub, name: string, ...lines: object[]): Promise<unknown> =>
  post(hub, `/v0/events?name=${name}&wait=true`, lines.map((line) => JSON.stringify(line)).join('\n'));
const parameters = (hub: TestHub, ...names: string[]): Promise<unknown> =>
  post(hub, '/topics/cars/streams/car-1/parameters/data', {
    timestamps: [1],
    numericValues: Object.fromEntries(names.map((name) => [name, [1]])),
  });
const define = async (hub: TestHub, body: unknown): Promise<unknown> =>
  codeOf(
    await hub.fetch('/topics/cars/streams/car-1/events', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
const recordCount = async (hub: TestHub): Promise<number> =>
  Number(/"name":"cars".*?"eventCount":"?(\d+)/.exec(await hub.read('/topics'))?.[1]);
/** Posts until nothing, or not all, of what was posted before is kept. */
const untilFewer = async (hub: TestHub): Promise<string> => {
  const before = await recordCount(hub);
  while ((await recordCount(hub)) >= before);
  return 'fewer';
};
const remembersKeys = async (hub: TestHub): Promise<boolean> => {
  const headers = { 'idempotency-key': 'k' };
  await hub.post(eventsOf('keys', 'a'), event(), headers);
  return (await hub.post(eventsOf('keys', 'a'), event({ id: 'b' }), headers)).status !== 200;
};

type Names =
  | 'maxTopics'
  | 'maxStreamsPerTopic'
  | 'retentionAge'
  | 'retentionBytes'
  | 'maxQueueBytes'
  | 'maxParameters'
  | 'idempotencyWindow'
  | 'maxTags'
  | 'maxJsonDepth'
  | 'maxDefinitionsBytes'
  | 'maxActiveStreams'
  | 'createDataSources'
  | 'maxColumns'
  | 'maxSchemaBytes'
  | 'maxRereads'
  | 'maxQuarantinedRows'
  | 'feedBufferBytes';

const AGAIN = '/v0/events?name=again&wait=true';

let sent = 0;

export const STORING: ReloadCases<Names> = {
  maxTopics: {
    from: { maxTopics: 1 },
    to: { maxTopics: 2 },
    before: (hub) => hub.post(eventsOf('a'), event()),
    see: (hub) => post(hub, eventsOf('b'), event()),
    expected: ['topic_limit', 200],
  },
  maxStreamsPerTopic: {
    from: { maxStreamsPerTopic: 1 },
    to: { maxStreamsPerTopic: 2 },
    before: (hub) => hub.post(eventsOf('a', 'one'), event()),
    see: (hub) => post(hub, eventsOf('a', 'two'), event()),
    expected: ['stream_limit', 200],
  },
  retentionAge: {
    to: { retentionAge: 1 },
    before: (hub) => hub.post(eventsOf('cars'), event()),
    see: async (hub) =>
      (await metric(hub, 'writer_hub_config_reloads_total{result="success"}')) ? untilFewer(hub) : 'kept',
    expected: ['kept', 'fewer'],
  },
  retentionBytes: {
    to: { retentionBytes: 1 },
    before: (hub) => hub.post(eventsOf('cars'), [event(), event(), event()]),
    see: async (hub) =>
      (await metric(hub, 'writer_hub_config_reloads_total{result="success"}')) ? untilFewer(hub) : 'kept',
    expected: ['kept', 'fewer'],
  },
  maxQueueBytes: {
    to: { maxQueueBytes: 1024 },
    see: async (hub) => {
      await hub.post(eventsOf('cars'), event({ value: 'x'.repeat(100_000) }));
      return (await metric(hub, 'writer_hub_limit_strikes_total{limit="queue"}')) > 0;
    },
    expected: [false, true],
  },
  maxParameters: {
    from: { maxParameters: 1 },
    to: { maxParameters: 2 },
    before: (hub) => parameters(hub, 'a'),
    // The second one of its topic, and two in one package.
    see: async (hub) => [await parameters(hub, 'b'), await parameters(hub, 'a', 'b')],
    expected: [
      ['invalid_parameters', 'invalid_parameters'],
      [200, 200],
    ],
  },
  idempotencyWindow: {
    to: { idempotencyWindow: 1 },
    see: async (hub) => {
      if ((await metric(hub, 'writer_hub_config_reloads_total{result="success"}')) === 0) return remembersKeys(hub);
      const headers = { 'idempotency-key': 'k2' };
      await hub.post(eventsOf('keys', 'a'), event(), headers);
      while ((await hub.post(eventsOf('keys', 'a'), event({ id: 'b' }), headers)).status !== 200);
      return false;
    },
    expected: [true, false],
  },
  maxTags: {
    to: { maxTags: 1 },
    see: (hub) => post(hub, eventsOf('cars'), event({ tags: { a: 'b', c: 'd' } })),
    expected: [200, 'invalid_events'],
  },
  maxJsonDepth: {
    to: { maxJsonDepth: 4 },
    see: (hub) => rows(hub, 'deep', { a: [[[[[[1]]]]]] }),
    expected: [200, 400],
  },
  maxDefinitionsBytes: {
    to: { maxDefinitionsBytes: 256 },
    see: (hub) => define(hub, [{ id: 'a', description: 'x'.repeat(500) }]),
    expected: [200, 'message_too_large'],
  },
  maxActiveStreams: {
    from: { maxActiveStreams: 1 },
    to: { maxActiveStreams: 3 },
    see: async (hub) => {
      for (const stream of ['a', 'b', 'c']) await hub.post(eventsOf('cars', stream), event());
      return metric(hub, 'writer_hub_active_streams');
    },
    expected: [1, 3],
  },
  createDataSources: {
    from: { createDataSources: false },
    to: { createDataSources: true },
    see: (hub) => rows(hub, 'made', { a: 1 }),
    expected: [404, 200],
  },
  maxColumns: {
    to: { maxColumns: 1 },
    see: (hub) => rows(hub, `wide_${++sent}`, { a: 1, b: 2 }),
    expected: [200, 400],
  },
  maxSchemaBytes: {
    to: { maxSchemaBytes: 1024 },
    see: (hub) =>
      rows(hub, `long_${++sent}`, Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`column_${n}`, n]))),
    expected: [200, 400],
  },
  maxRereads: {
    to: { maxRereads: 0 },
    before: (hub) =>
      hub.fetch('/v0/datasources?name=again', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: 'SCHEMA >\n    a String `json:$`,\n    b JSON `json:$`',
      }),
    see: async (hub) => /"quarantined_rows":1/.test(await (await hub.post(AGAIN, '{"x":"yyyyyyyy"}')).text()),
    expected: [false, true],
  },
  maxQuarantinedRows: {
    to: { maxQuarantinedRows: 0 },
    before: (hub) => rows(hub, 'strict', { n: 1 }),
    see: (hub) => rows(hub, 'strict', { n: 'x' }),
    expected: [200, 413],
  },
  feedBufferBytes: {
    to: { feedBufferBytes: 0 },
    before: async (hub) => {
      await hub.post(eventsOf('cars'), event());
      return hub.fetch('/topics/cars/events', { headers: { accept: 'text/event-stream' } });
    },
    see: async (hub) => {
      for (let part = 0; part < 5; part++) await hub.post(eventsOf('cars'), event({ value: 'x'.repeat(100_000) }));
      return (await metric(hub, 'writer_hub_feed_bytes')) > 200_000;
    },
    expected: [true, false],
  },
};
