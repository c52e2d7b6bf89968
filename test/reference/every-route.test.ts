import { ROUTES } from '../../src/http/routes/route-table';
import type { Route } from '../../src/http/route';
import { AnswerChecker } from '../support/answer-checker';
import { seenAnswers } from '../support/answer-recorder';
import { TestHub, token } from '../support/test-hub';

/** Values for parameters, which fit what `prepare` makes. */
const VALUES: Readonly<Record<string, string>> = {
  topic: 'cars',
  streamId: 'car-1',
  name: 'visits',
  q: 'SELECT 1 AS one',
  id: 'unknown',
  file: 'swagger-ui-LICENSE.txt',
};

const titleOf = ({ verb, path }: Route): string => `${verb} ${path}`;
const fill = (template: string, values = VALUES): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name]!));

/** Makes what routes look for. */
async function prepare(hub: TestHub): Promise<void> {
  await hub.post('/topics/cars/streams/car-1/events/data', [{ id: 'a', timestamp: 1618133869000000000 }]);
  await hub.post('/topics/cars/streams/car-1/parameters/data', { timestamps: [1], numericValues: { Speed: [1.5] } });
  await hub.post('/v0/events?name=visits&wait=true', '{"date":"2020-04-05 00:05:38","city":"Chicago"}');
  await hub.post('/v0/events?name=visits&wait=true', '{"city":5}');
}

interface Call {
  readonly values?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly method?: string;
}

/** A request for a route with the parameters it requires and the example of its body, and what is to be different. */
async function call(
  hub: TestHub,
  { verb, path, parameters, body }: Route,
  changes: Call = {},
  endless: Promise<unknown>[] = [],
): Promise<number> {
  const values = { ...VALUES, ...changes.values };
  const query = new URLSearchParams();
  for (const { name, in: place, required } of parameters) {
    if (place === 'query' && required) query.set(name, values[name]!);
  }
  for (const [name, value] of Object.entries(changes.query ?? {})) query.set(name, value);
  const response = await fetch(`${hub.url}${fill(path, values)}?${query.toString()}`, {
    method: changes.method ?? verb,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${token('admin')}`,
      ...(body !== undefined && { 'content-type': body.mediaTypes[0] ?? 'text/plain' }),
      ...changes.headers,
    },
    ...(body !== undefined && changes.method === undefined && { body: changes.body ?? body.example }),
  });
  const isEndless = /event-stream|ndjson/.test(response.headers.get('content-type') ?? '');
  const { body: answer } = response;
  if (!isEndless || answer === null) await response.arrayBuffer();
  else {
    const reader = answer.getReader();
    // Something of what goes on, so that there is something to compare; it may be long in coming.
    endless.push(reader.read().then(() => reader.cancel()));
  }
  return response.status;
}

/** Requests that are refused, whatever they are for. */
const WRONG: readonly (readonly [name: string, changes: Call])[] = [
  ['no token', { headers: { authorization: '' } }],
  ['a token that is none', { headers: { authorization: 'Bearer x.y.z' } }],
  ['a token without a scope', { headers: { authorization: `Bearer ${token('read:nothing')}` } }],
  ['an unknown query parameter', { query: { nonsense: '1' } }],
  ['a name that is too long', { values: { topic: 'x'.repeat(300), name: 'x'.repeat(300), streamId: 'x'.repeat(300) } }],
  ['a name that is not there', { values: { topic: 'nowhere', name: 'nowhere', streamId: 'nowhere', file: 'nowhere' } }],
  ['a body that is no JSON', { body: '{"a"' }],
  ['a body of another shape', { body: '{"a":1}' }],
  ['a content type that is not taken', { headers: { 'content-type': 'image/png' } }],
  ['an encoding that is not known', { headers: { 'content-encoding': 'lzma' } }],
  ['a body that is not compressed as it says', { headers: { 'content-encoding': 'gzip' } }],
];

/** Whether what is wrong in a request is something that the route looks at. */
function mayBreak({ scope, parameters, body: takes }: Route, { values, headers = {}, body }: Call): boolean {
  const isOfBody = body !== undefined || Object.keys(headers).some((name) => name.startsWith('content-'));
  if (isOfBody) return takes !== undefined;
  if (values !== undefined) return parameters.some((parameter) => parameter.in === 'path' || parameter.name === 'name');
  return headers['authorization'] === undefined || scope !== 'none';
}

/** Whether a route knows what is different in a request. */
function concerns({ parameters, answers, body }: Route, { query = {}, headers = {}, method }: Call): boolean {
  const names = new Set(parameters.map(({ name }) => name.toLowerCase()));
  const types = answers.flatMap(({ mediaTypes }) => mediaTypes);
  const { accept, 'idempotency-key': key, 'last-event-id': lastId } = headers;
  return (
    Object.keys(query).every((name) => names.has(name)) &&
    (accept === undefined || types.includes(accept)) &&
    (key === undefined || names.has('idempotency-key')) &&
    (lastId === undefined || names.has('last-event-id')) &&
    (method === undefined || body === undefined || method !== 'HEAD')
  );
}

/** Requests that are carried out otherwise than by default. */
const OTHERWISE: readonly Call[] = [
  { headers: { accept: 'text/event-stream' } },
  { headers: { accept: 'application/x-ndjson' } },
  { query: { follow: 'true' } },
  { query: { wait: 'true' } },
  { query: { tail: '1' } },
  { query: { from: 'earliest' }, headers: { accept: 'text/event-stream' } },
  { query: { from: 'earliest' }, headers: { accept: 'application/x-ndjson' } },
  { query: { interval: '1s', parameters: 'Speed' } },
  { query: { limit: '1', order: 'desc' } },
  { query: { after: 'nonsense!' } },
  { headers: { 'last-event-id': 'nonsense' } },
  { headers: { 'accept-encoding': 'gzip' } },
  { headers: { 'idempotency-key': 'k' } },
  { method: 'HEAD' },
  { method: 'OPTIONS' },
  { method: 'PATCH' },
];

/** What only another server, or an open connection of SignalR, brings about; the tests of both are compared as well. */
const BROUGHT_ABOUT_ELSEWHERE = new Set([
  ...['connect 101', 'connect 200', 'connect 204', 'sendHubMessages 200', 'endConnection 202', 'refreshToken 200'],
  // What an `EventSource` comes back to has to go meanwhile.
  ...['followTopicEvents 204', 'followStreamEvents 204', 'followTopicParameters 204', 'followStreamParameters 204'],
  ...['readRows 204', 'readQuarantine 204', 'listTopics 204', 'listStreams 204'],
  // Callers that have a file already.
  ...['openApiJson 304', 'openApiYaml 304', 'asyncApiJson 304', 'swagger 304', 'hubMethods 304', 'referenceFile 304'],
  ...['serverInfo 304', 'consoleFile 304'],
  ...['swagger 301', 'hubMethods 301'],
  // Its names have hashes of what is in the files.
  'consoleFile 200',
]);

/** What takes only what an answer before has named. */
const NAMES_ITS_OWN = new Set(['refreshToken', 'consoleFile']);

/** Of routes that have been carried out already: another one of what they make. */
const AT_LAST: Readonly<Record<string, Call>> = {
  pushDataSource: { values: { name: 'made' } },
  addColumns: { body: '`region` Nullable(String)' },
  // Its body is of one quarantined row, which a parameter names.
  replayQuarantine: { body: '' },
};

/** What there is no more after these. */
const TAKES_AWAY = new Set([
  'removeTopic',
  'removeStream',
  'removeDataSource',
  'removeDataSourceByPost',
  'truncateDataSource',
]);

describe('every route', () => {
  it('takes its example and answers as it is described, and refuses in described ways', async () => {
    const hub = await TestHub.start();
    await prepare(hub);
    const failed: string[] = [];
    const endless: Promise<unknown>[] = [];
    for (const route of ROUTES) {
      for (const [, changes] of WRONG) if (mayBreak(route, changes)) await call(hub, route, changes, endless);
      for (const changes of OTHERWISE) if (concerns(route, changes)) await call(hub, route, changes, endless);
      if (TAKES_AWAY.has(route.id)) await prepare(hub);
      const status = await call(hub, route, AT_LAST[route.id], endless);
      if (TAKES_AWAY.has(route.id)) await prepare(hub);
      const isTaken = route.answers.some((answer) => answer.status === status);
      if (!isTaken && !NAMES_ITS_OWN.has(route.id) && route.served !== 'mounted')
        failed.push(`${titleOf(route)}: ${status}`);
    }
    await Promise.all(endless);
    expect(failed).toEqual([]);
    const seen = seenAnswers();
    const expected = ROUTES.flatMap(({ id, answers }) => answers.map(({ status }) => `${id} ${status}`));
    expect(expected.filter((answer) => !seen.has(answer) && !BROUGHT_ABOUT_ELSEWHERE.has(answer))).toEqual([]);
    expect(ROUTES.filter(({ id }) => ![...seen].some((one) => one.startsWith(`${id} `))).map(titleOf)).toEqual([]);
  }, 180_000);

  const examples = ROUTES.flatMap((route) =>
    route.answers
      .filter(({ example, mediaTypes }) => example !== undefined && mediaTypes.length > 0)
      .map((answer) => [`${titleOf(route)} ${answer.status}`, route, answer] as const),
  );
  const checker = new AnswerChecker();

  it.each(examples)(
    '%s has an example that its schema allows',
    (_, { verb, path }, { status, mediaTypes, example }) => {
      const answer = { method: verb, target: fill(path), status, headers: { 'content-type': mediaTypes[0]! } };
      expect(checker.check({ ...answer, body: Buffer.from(example!), isWhole: true, isCors: false })).toEqual([]);
    },
  );

  it.each([
    ['a status', { status: 418 }, 'the document has no such status'],
    [
      'a content type',
      { headers: { 'content-type': 'text/csv' } },
      'the document does not have the content type text/csv',
    ],
    ['a member', { body: Buffer.from('{"status":"alive","more":1}') }, 'must NOT have unevaluated properties'],
    ['a value', { body: Buffer.from('{"status":"well"}') }, 'must be equal to constant'],
    ['a header', { headers: { 'content-type': 'application/json', 'x-more': '1' } }, 'does not name the header x-more'],
  ])('is told when an answer has %s that is not described', (_, changes, reason) => {
    const answer = { method: 'GET', target: '/healthz', status: 200, headers: { 'content-type': 'application/json' } };
    const whole = { ...answer, body: Buffer.from('{"status":"alive"}'), isWhole: true, isCors: false };
    expect(checker.check(whole)).toEqual([]);
    expect(checker.check({ ...whole, ...changes }).join()).toContain(reason);
  });
});
