import { connect } from 'node:net';
import { LIMIT_NAMES } from '../../src/limits/limit-watch';
import { errorKinds } from '../../src/errors';
import { SharedHub } from '../support/shared-hub';
import { SECRET, TestHub, token } from '../support/test-hub';

const EVENTS = '/topics/cars/streams/car-1/events/data';
const EVENT = { id: 'a', timestamp: 1 };
const METRICS_TOKEN = 'a-token-for-prometheus-alone';

/** The value of a sample, by its name and labels as they are written. */
async function sample(hub: TestHub, name: string): Promise<number | undefined> {
  const line = (await hub.read('/metrics')).split('\n').find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

/** Asks for metrics with these headers. */
function ask(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers });
}

describe('metrics', () => {
  it('begin at 0 for every value of every label that is known before', async () => {
    const hub = await TestHub.start();
    const text = await hub.read('/metrics');
    for (const code of Object.keys(errorKinds)) expect(text).toContain(`writer_hub_errors_total{code="${code}"} 0\n`);
    for (const limit of [...LIMIT_NAMES, 'hub_send_timeout', 'hub_connection_share']) {
      expect(text).toContain(`writer_hub_limit_strikes_total{limit="${limit}"} 0\n`);
    }
    for (const kind of ['events', 'parameters', 'rows']) {
      expect(text).toContain(`writer_hub_acknowledgement_seconds_count{kind="${kind}"} 0\n`);
      expect(text).toContain(`writer_hub_appends_total{kind="${kind}"} 0\n`);
    }
    expect(text).toContain('writer_hub_hub_connections{transport="webSockets",protocol="json"} 0\n');
    expect(text).toContain('writer_hub_sql_seconds_count{outcome="completed"} 0\n');
    expect(text).toMatch(/^writer_hub_build_info\{version="[^"]+",node="[^"]+"\} 1$/m);
    expect(text).toMatch(/^writer_hub_disk_free_bytes [1-9]/m);
    expect(text).toContain('writer_hub_store_writable 1\n');
  });

  it('of durations by route, method and outcome are there once something was measured, and one of each before', async () => {
    const hub = await TestHub.start();
    await hub.read('/healthz');
    const text = await hub.read('/metrics');
    const shown = (name: string): number =>
      [...text.matchAll(new RegExp(`^writer_hub_${name}_seconds_count`, 'gm'))].length;
    expect([shown('invocation'), shown('sql')]).toEqual([1, 1]);
    expect(shown('http_request')).toBeLessThanOrEqual(3);
    expect(text).toMatch(/^writer_hub_invocation_seconds_count\{.*\} 0$/m);
    expect(text).not.toContain('status="5xx"');
    expect(text.split('\n').length).toBeLessThan(1200);
  });

  it.each([
    ['POST', EVENTS, [EVENT], '/topics/{topic}/streams/{streamId}/events/data', 'POST', '2xx'],
    ['POST', EVENTS, [{}], '/topics/{topic}/streams/{streamId}/events/data', 'POST', '4xx'],
    ['GET', '/topics/cars', undefined, '/topics/{topic}', 'GET', '4xx'],
    ['PATCH', '/topics/cars', undefined, '/topics/{topic}', 'PATCH', '4xx'],
    ['GET', '/wp-admin/setup.php', undefined, 'unmatched', 'GET', '4xx'],
    ['GET', '/topics/a/b/c/d', undefined, 'unmatched', 'GET', '4xx'],
    ['POST', '/hub/negotiate?negotiateVersion=1', undefined, '/hub/negotiate', 'POST', '2xx'],
    ['POST', '/reader/hub/negotiate', undefined, '/hub/negotiate', 'POST', '2xx'],
    ['GET', '/healthz', undefined, '/healthz', 'GET', '2xx'],
    ['MKCOL', '/topics', undefined, '/topics', 'other', '4xx'],
  ])('measure %s %s %j by its template', async (method, path, body, route, label, status) => {
    const hub = await TestHub.start();
    const answer = await fetch(`${hub.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token('admin')}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    const name = `writer_hub_http_request_seconds_count{route="${route}",method="${label}",status="${status}"}`;
    while ((await sample(hub, name)) !== 1);
    expect(await hub.read('/metrics')).not.toContain('wp-admin');
  });

  it('measure what was acknowledged apart for events, parameters and rows', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, [EVENT, EVENT]);
    await hub.post(EVENTS, EVENT);
    await hub.post('/topics/cars/streams/car-1/parameters/data', {
      timestamps: [1, 2],
      numericValues: { speed: [1, 2] },
    });
    await hub.post('/v0/events?name=trips&wait=true', { n: 1 });
    const text = await hub.read('/metrics');
    expect(text).toContain('writer_hub_events_total 3\n');
    expect(text).toContain('writer_hub_packages_total 1\n');
    expect(text).toContain('writer_hub_rows_total 1\n');
    for (const [kind, count] of [
      ['events', 2],
      ['parameters', 1],
      ['rows', 1],
    ]) {
      expect(text).toContain(`writer_hub_appends_total{kind="${kind}"} ${count}\n`);
      expect(text).toContain(`writer_hub_acknowledgement_seconds_count{kind="${kind}"} ${count}\n`);
      expect(text).toMatch(new RegExp(`^writer_hub_stored_bytes_total\\{kind="${kind}"\\} [1-9]`, 'm'));
      expect(text).toMatch(new RegExp(`^writer_hub_acknowledgement_seconds_sum\\{kind="${kind}"\\} (?!0$)`, 'm'));
    }
    expect(await sample(hub, 'writer_hub_commit_seconds_count')).toBeGreaterThan(0);
  });

  it('measure invocations by the declared name and outcome, and count connections and what was not started', async () => {
    const hub = await TestHub.start();
    const connection = await hub.connect();
    await connection.invoke('sendeventdata', 'cars', 'car-1', [EVENT]);
    await expect(connection.invoke('SendEventData', 'cars', 'car-1', [{}])).rejects.toThrow();
    await expect(connection.invoke('Nope-a7f3')).rejects.toThrow();
    const text = await hub.read('/metrics');
    for (const outcome of ['completed', 'refused']) {
      const labels = `method="SendEventData",outcome="${outcome}"`;
      expect(text).toContain(`writer_hub_invocation_seconds_count{${labels}} 1\n`);
    }
    expect(text).toContain('writer_hub_invocations_refused_total{reason="unknownMethod"} 1\n');
    expect(text).toContain('writer_hub_hub_connections{transport="webSockets",protocol="json"} 1\n');
    expect(text).toContain('writer_hub_hub_connections_started_total{transport="webSockets"} 1\n');
    expect(text).not.toContain('a7f3');
    await connection.stop();
    while (!(await hub.read('/metrics')).includes('connections_ended_total{status="normalClosure"} 1\n'));
    expect(await sample(hub, 'writer_hub_hub_connections{transport="webSockets",protocol="json"}')).toBe(0);
  });

  it('measure queries by outcome', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, [EVENT]);
    await hub.read('/v0/sql?q=SELECT%20count(*)%20FROM%20cars');
    await hub.fetch('/v0/sql?q=SELEKT');
    const text = await hub.read('/metrics');
    expect(text).toContain('writer_hub_sql_seconds_count{outcome="completed"} 1\n');
    expect(text).toContain('writer_hub_sql_seconds_count{outcome="invalid_sql"} 1\n');
    expect(text).toContain('writer_hub_sql_running 0\n');
  });

  it('measure an answer without an end up to its head', async () => {
    const hub = await TestHub.start();
    await hub.post(EVENTS, [EVENT]);
    const started = performance.now();
    const abort = new AbortController();
    const answer = await fetch(`${hub.url}/topics/cars/events`, {
      headers: { authorization: `Bearer ${token('admin')}` },
      signal: abort.signal,
    });
    const untilHead = (performance.now() - started) / 1000;
    expect(answer.status).toBe(200);
    await hub.read('/healthz');
    abort.abort();
    const labels = '{route="/topics/{topic}/events",method="GET",status="4xx"}';
    while ((await sample(hub, `writer_hub_http_request_seconds_count${labels}`)) !== 1);
    expect(await sample(hub, `writer_hub_http_request_seconds_sum${labels}`)).toBeLessThanOrEqual(untilHead);
  });

  it('hold no name, id or subject that a caller chose', async () => {
    const hub = await TestHub.start();
    await hub.post('/topics/secret-topic/streams/secret-stream/events/data', [{ id: 'secret-id', timestamp: 1 }]);
    await hub.post('/v0/events?name=secret_rows&wait=true', { n: 1 });
    await hub.fetch('/topics/secret-other/streams');
    expect(await hub.read('/metrics')).not.toMatch(/secret/);
  });

  it('say of each budget what is used of it', async () => {
    const hub = await TestHub.start({ maxTopics: 7, maxDatabaseBytes: 0 });
    await hub.post(EVENTS, [EVENT]);
    expect(await sample(hub, 'writer_hub_budget_used{budget="topics"}')).toBe(1);
    expect(await sample(hub, 'writer_hub_budget_limit{budget="topics"}')).toBe(7);
    const text = await hub.read('/metrics');
    expect(text).toContain('writer_hub_budget_limit{budget="database_bytes"} +Inf\n');
    expect(text).toMatch(/^writer_hub_budget_used\{budget="database_bytes"\} [1-9]/m);
    expect(text).toContain('writer_hub_budget_used{budget="remembered_tokens"} 1\n');
  });
});

describe('the form of the metrics', () => {
  const shared = new SharedHub();
  const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
  const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

  it.each([
    ['nothing', undefined, TEXT],
    ['anything', '*/*', TEXT],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', TEXT],
    [
      'Prometheus 2',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPEN,
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      OPEN,
    ],
    ['a quoted version', 'application/openmetrics-text; version="1.0.0"', OPEN],
    ['a version to come', 'application/openmetrics-text; version=2.0.0, text/plain', TEXT],
    ['text rather', 'application/openmetrics-text;q=0.2, text/plain;q=0.9', TEXT],
    ['OpenMetrics not at all', 'application/openmetrics-text;q=0', TEXT],
    ['a broken quality', 'application/openmetrics-text;q=much', TEXT],
  ])('is what %s asks for', async (_, accept, contentType) => {
    const answer = await ask((await shared.hub()).hub.metricsUrl, accept === undefined ? {} : { accept });
    expect(answer.headers.get('content-type')).toBe(contentType);
    expect(answer.headers.get('vary')).toContain('Accept');
    const text = await answer.text();
    expect(text.endsWith('\n# EOF\n')).toBe(contentType === OPEN);
    expect(text).toContain(`# TYPE writer_hub_events${contentType === OPEN ? '' : '_total'} counter\n`);
    expect(text).toMatch(/^writer_hub_events_total \d/m);
    if (contentType === OPEN) expect(text).not.toMatch(/\n\n/);
  });

  it('has the same samples either way, as often as it is asked for', async () => {
    const hub = await TestHub.start();
    const names = async (accept: string): Promise<string[]> => {
      const text = await (await ask(hub.hub.metricsUrl, { accept })).text();
      // Node.js collects garbage when it likes; its series of that begin then.
      return text
        .replace(/^nodejs_gc_.*$/gm, '')
        .split('\n')
        .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.split(' ')[0]!]));
    };
    await names('text/plain');
    const plain = await names('text/plain');
    expect(await names('application/openmetrics-text')).toEqual(plain);
    expect(await names('text/plain')).toEqual(plain);
  });
});

describe('WRITER_HUB_METRICS_TOKEN', () => {
  it.each([
    ['no token', undefined, 401],
    ['another one', 'a-token-for-somebody-else', 401],
    ['the beginning of it', METRICS_TOKEN.slice(0, -1), 401],
    ['a token of the hub without the scope', token('read:*', 'create'), 403],
    ['it', METRICS_TOKEN, 200],
    ['a token of the hub with the scope metrics', token('metrics'), 200],
    ['an administrator’s', token('admin'), 200],
  ])('is asked for: %s', async (_, bearer, status) => {
    const hub = await TestHub.start({ metricsToken: METRICS_TOKEN });
    const answer = await ask(hub.hub.metricsUrl, bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    if (status === 403) expect(answer.headers.get('www-authenticate')).toContain('scope="metrics"');
    await answer.arrayBuffer();
    for (const probe of ['/healthz', '/readyz']) expect((await fetch(`${hub.url}${probe}`)).status).toBe(200);
    expect(hub.log()).not.toContain(METRICS_TOKEN);
  });

  it('opens nothing but the metrics', async () => {
    const hub = await TestHub.start({ metricsToken: METRICS_TOKEN });
    expect((await ask(`${hub.url}/topics`, { authorization: `Bearer ${METRICS_TOKEN}` })).status).toBe(401);
  });

  it.each(['token', 'access_token'])('is not taken from the query: %s', async (name) => {
    const hub = await TestHub.start({ metricsToken: METRICS_TOKEN });
    expect((await ask(`${hub.hub.metricsUrl}?${name}=${METRICS_TOKEN}`)).status).toBe(400);
    expect(hub.log()).not.toContain(METRICS_TOKEN);
  });
});

describe('WRITER_HUB_METRICS_PORT', () => {
  it('has the metrics and nothing else, and the other port has them no more', async () => {
    const hub = await TestHub.start({ metricsPort: 0 });
    const own = hub.hub.metricsUrl.replace('/metrics', '');
    expect(own).not.toBe(hub.url);
    const answer = await ask(hub.hub.metricsUrl);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(await answer.text()).toContain('writer_hub_build_info');
    expect((await ask(`${hub.url}/metrics`)).status).toBe(404);
    expect(await (await ask(hub.url)).json()).not.toHaveProperty('metrics');
    for (const path of ['/', '/topics', '/healthz', '/metrics/x', '/hub']) {
      const other = await ask(`${own}${path}`);
      expect([path, other.status, await other.json()]).toEqual([
        path,
        404,
        expect.objectContaining({ code: 'not_found' }),
      ]);
    }
    const posted = await fetch(hub.hub.metricsUrl, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(hub.hub.metricsUrl, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await ask(`${hub.url}/readyz`)).status).toBe(200);
  });

  it('asks for the token as well, if there is one', async () => {
    const hub = await TestHub.start({ metricsPort: 0, metricsToken: METRICS_TOKEN });
    expect((await ask(hub.hub.metricsUrl)).status).toBe(401);
    expect((await ask(hub.hub.metricsUrl, { authorization: `bearer ${METRICS_TOKEN}` })).status).toBe(200);
  });

  it('is closed with the server, whoever is connected', async () => {
    const hub = await TestHub.start({ metricsPort: 0 });
    const { port } = new URL(hub.hub.metricsUrl);
    const socket = connect(Number(port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await hub.close();
    await closed;
    await expect(ask(hub.hub.metricsUrl)).rejects.toThrow();
  });

  it('keeps the server from starting when it is taken, and nothing is left open', async () => {
    const other = await TestHub.start();
    const metricsPort = Number(new URL(other.url).port);
    await expect(TestHub.start({ metricsPort, jwtSecret: SECRET })).rejects.toThrow('EADDRINUSE');
  });
});
