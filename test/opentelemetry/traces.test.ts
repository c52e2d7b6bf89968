import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { WebSocket } from 'ws';
import { SECRET, token } from '../support/test-hub';
import { Collector, type ReceivedSpan } from './support/collector';

const MODULES = path.join(__dirname, 'node_modules');
const MISSING = existsSync(path.join(MODULES, '@opentelemetry/sdk-node'))
  ? undefined
  : 'the SDK is not installed: npm ci --prefix test/opentelemetry';
if (MISSING !== undefined) process.stdout.write(`not run: ${MISSING}\n`);
const suite = MISSING === undefined ? describe : describe.skip;

const ROOT = path.join(__dirname, '../..');
const ADMIN = token('admin');
const EVENTS = '/topics/cars/streams/car-1/events/data';
const EVENT = { id: 'a', timestamp: 1 };
const SERVER_KIND = 2;
const ERROR_STATUS = 2;

/** A line of the server's log. */
type Line = Readonly<Record<string, unknown>>;

/** A trace and a span of somebody else, who calls. */
let lastTrace = 0;
function caller(): { readonly traceId: string; readonly spanId: string; readonly traceparent: string } {
  lastTrace += 1;
  const traceId = `${'0'.repeat(16)}${'ab'.repeat(6)}${String(lastTrace).padStart(4, '0')}`;
  const spanId = `${'cd'.repeat(6)}${String(lastTrace).padStart(4, '0')}`;
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

/** Everything of a span but what it took. */
function shown({ name, kind, status, attributes }: ReceivedSpan): object {
  return { name, kind, status: status.code ?? 0, attributes };
}

suite('traces, with the SDK of OpenTelemetry', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'writer-hub-traces-'));
  let collector: Collector;
  let server: ChildProcess;
  let url: string;
  let log = '';

  beforeAll(async () => {
    collector = await Collector.start();
    const register = path.join(ROOT, 'examples/opentelemetry/register.cjs');
    const args = [
      '--require',
      register,
      path.join(ROOT, 'dist/main.js'),
      'serve',
      '--port',
      '0',
      '--data-dir',
      directory,
    ];
    server = spawn(process.execPath, args, {
      env: {
        PATH: process.env['PATH'],
        NODE_PATH: MODULES,
        WRITER_HUB_JWT_SECRET: SECRET,
        WRITER_HUB_LOG_FORMAT: 'json',
        WRITER_HUB_LOG_LEVEL: 'debug',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        WRITER_HUB_BUSY_TIMEOUT_MS: '50',
        OTEL_BSP_SCHEDULE_DELAY: '50',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
    url = String((await logged(({ msg }) => msg === 'listening'))['url']);
  });

  afterAll(async () => {
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await exited;
    await collector.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The first line of the log, now or later, for which this holds. */
  async function logged(holds: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const lines = log.split('\n').slice(0, -1);
      const found = lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as Line) : {})).find(holds);
      if (found !== undefined) return found;
      if (server.exitCode !== null) throw new Error(log);
      await Promise.race([once(server.stderr!, 'data'), once(server, 'exit')]);
    }
  }

  function post(address: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${url}${address}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  it.each([
    [EVENTS, [EVENT, EVENT], 'events', 2, '/topics/{topic}/streams/{streamId}/events/data'],
    [
      '/topics/cars/streams/car-1/parameters/data',
      { timestamps: [1], numericValues: { speed: [1] } },
      'parameters',
      1,
      '/topics/{topic}/streams/{streamId}/parameters/data',
    ],
    ['/v0/events?name=trips&wait=true', { n: 1 }, 'rows', 1, '/v0/events'],
  ])('lead from the caller by the request to the commit: %s', async (address, body, kind, records, route) => {
    const { traceId, spanId, traceparent } = caller();
    expect((await post(address, body, { traceparent, tracestate: 'vendor=x' })).ok).toBe(true);
    const request = await collector.span((span) => span.traceId === traceId && span.kind === SERVER_KIND);
    expect([request.parentSpanId, request.traceState]).toEqual([spanId, 'vendor=x']);
    expect(shown(request)).toMatchObject({
      name: `POST ${route}`,
      status: 0,
      attributes: {
        'http.request.method': 'POST',
        'http.route': route,
        'http.response.status_code': 200,
        'url.path': address.split('?')[0],
        'url.scheme': 'http',
        'client.address': '127.0.0.1',
      },
    });
    const commit = await collector.span((span) => span.traceId === traceId && span.name === `commit ${kind}`);
    expect(commit.parentSpanId).toBe(request.spanId);
    expect(commit.attributes).toMatchObject({
      'db.system.name': 'sqlite',
      'writer_hub.append.kind': kind,
      'db.operation.batch.size': records,
    });
    const line = await logged((entry) => entry['traceId'] === traceId && entry['msg'] === 'request');
    expect(line['spanId']).toBe(request.spanId);
  });

  it.each([
    ['nothing', undefined],
    ['a trace of zeroes', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`],
    ['a span of zeroes', `00-${'1'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${'1'.repeat(32)}-${'1'.repeat(16)}-01`],
    ['capitals', `00-${'A'.repeat(32)}-${'1'.repeat(16)}-01`],
    ['a text', 'not-a-trace'],
  ])('begin anew where the caller brings %s', async (name, traceparent) => {
    const agent = `agent of ${name}`;
    const headers = { 'user-agent': agent, ...(traceparent !== undefined && { traceparent }) };
    await post(EVENTS, [EVENT], headers);
    const request = await collector.span(({ attributes }) => attributes['user_agent.original'] === agent);
    expect(request.parentSpanId ?? '').toBe('');
    expect(traceparent ?? '').not.toContain(request.traceId);
  });

  it('say what was refused by its code, and that only the server’s own failures are errors', async () => {
    const { traceId, traceparent } = caller();
    expect((await post(EVENTS, [{}], { traceparent })).status).toBe(400);
    const request = await collector.span((span) => span.traceId === traceId);
    expect(shown(request)).toMatchObject({
      status: 0,
      attributes: { 'http.response.status_code': 400, 'error.type': 'invalid_events' },
    });
    expect(collector.spans.filter((span) => span.traceId === traceId)).toHaveLength(1);
  });

  it('name no path of a request that is for no route', async () => {
    const { traceId, traceparent } = caller();
    await fetch(`${url}/wp-admin/setup.php`, { headers: { traceparent } });
    const { name, attributes } = await collector.span((span) => span.traceId === traceId);
    expect([name, attributes['http.route']]).toEqual(['GET', undefined]);
  });

  it('lead from an invocation to its commit, linked to the trace that began the connection', async () => {
    const [connection, first, second] = [caller(), caller(), caller()];
    const { traceparent } = connection;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/hub?access_token=${ADMIN}`, {
      headers: { traceparent },
    });
    await once(socket, 'open');
    const send = async (message: object): Promise<unknown> => {
      socket.send(`${JSON.stringify(message)}\u001e`);
      const [data] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(String(data).split('\u001e')[0]!) as unknown;
    };
    await send({ protocol: 'json', version: 1 });
    const invoke = (invocationId: string, event: object, headers: object): Promise<unknown> =>
      send({ type: 1, invocationId, target: 'SendEventData', headers, arguments: ['cars', 'car-1', [event]] });
    expect(await invoke('1', EVENT, { TraceParent: first.traceparent })).not.toHaveProperty('error');
    expect(await invoke('2', {}, { traceparent: second.traceparent })).toHaveProperty('error');
    socket.close();

    const invocation = await collector.span((span) => span.traceId === first.traceId && span.kind === SERVER_KIND);
    expect(invocation.parentSpanId).toBe(first.spanId);
    expect(invocation.links).toMatchObject([{ traceId: connection.traceId, spanId: connection.spanId }]);
    expect(shown(invocation)).toMatchObject({
      name: 'WriterHub/SendEventData',
      attributes: { 'rpc.system': 'signalr', 'rpc.method': 'SendEventData', 'signalr.transport': 'web_sockets' },
    });
    const commit = await collector.span((span) => span.traceId === first.traceId && span.name === 'commit events');
    expect(commit.parentSpanId).toBe(invocation.spanId);
    const refused = await collector.span((span) => span.traceId === second.traceId);
    expect(shown(refused)).toMatchObject({ status: 0, attributes: { 'error.type': 'invalid_events' } });
    const line = await logged((entry) => entry['msg'] === 'hub connection' && entry['traceId'] === connection.traceId);
    expect(line['spanId']).toBe(connection.spanId);
    await logged((entry) => entry['msg'] === 'invocation' && entry['spanId'] === invocation.spanId);
  });

  it('hold no token, whichever way it came, and neither does the log', async () => {
    const read = token('read:*');
    const { traceId, traceparent } = caller();
    const abort = new AbortController();
    const live = await fetch(`${url}/topics/cars/events?access_token=${read}`, {
      headers: { traceparent },
      signal: abort.signal,
    });
    expect(live.status).toBe(200);
    abort.abort();
    await fetch(`${url}/v0/events?name=trips&token=${ADMIN}`, { method: 'POST', body: '{"n":1}' });
    await fetch(`${url}/nowhere?token=${read}&access_token=${read}`);
    await collector.span((span) => span.traceId === traceId);
    await collector.span(({ attributes }) => attributes['url.path'] === '/nowhere');
    await logged((entry) => entry['path'] === '/nowhere');
    for (const secret of [ADMIN, read, SECRET]) {
      expect(collector.text).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
    expect(collector.text).not.toMatch(/url\.query|url\.full|access_token/);
  });

  it('mark what the server fails at as an error: the request, and the commit below it', async () => {
    const { traceId, traceparent } = caller();
    const other = new Database(path.join(directory, 'writer-hub.db'));
    other.exec('BEGIN IMMEDIATE');
    const { status } = await post(EVENTS, [EVENT], { traceparent });
    other.exec('ROLLBACK');
    other.close();
    expect(status).toBe(503);
    for (const name of ['POST /topics/{topic}/streams/{streamId}/events/data', 'commit events']) {
      const span = await collector.span((found) => found.traceId === traceId && found.name === name);
      expect(shown(span)).toMatchObject({ status: ERROR_STATUS, attributes: { 'error.type': 'store_unavailable' } });
    }
  });

  it('are sent before the process ends', async () => {
    const { traceId, traceparent } = caller();
    await post(EVENTS, [EVENT], { traceparent });
    server.kill('SIGTERM');
    await collector.span((span) => span.traceId === traceId && span.name === 'commit events');
  });
});
