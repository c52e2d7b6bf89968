import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { MetricSamples } from '../../src/cli/metric-samples';
import { statusText } from '../../src/cli/status-text';
import { fetchStatus } from '../../src/cli/status';
import { version } from '../../src/version';
import { run } from '../support/command';
import { runHere } from '../support/command-here';
import { SharedHub } from '../support/shared-hub';
import { atEnd } from '../support/test-hub';

const sharedServer = new SharedHub();

/** A server that answers each path with a status and a text. */
async function fake(answers: Record<string, [number, string]>): Promise<string> {
  const server: Server = createServer((request, response) => {
    const [status, text] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const INFO: [number, string] = [200, '{"name":"writer-hub","version":"9.9.9"}'];
const UNREADY: [number, string] = [503, '{"detail":"the disk is full","code":"store_unavailable"}'];

describe('writer-hub status', () => {
  it('says how a server is, for people, as a process', async () => {
    const hub = await sharedServer.hub();
    const { code, stdout, stderr } = await run(['status', '--url', hub.url]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([`server      ${hub.url} (writer-hub ${version})`, 'ready       yes']);
    expect(lines.map((line) => line.split(' ', 1)[0])).toEqual(
      expect.arrayContaining(['up', 'database', 'queue', 'connections', 'readers', 'refused', 'limits']),
    );
    expect(stdout).not.toContain('not known');
    expect(stdout).not.toContain('NaN');
  });

  it('says the same in JSON, with what was refused by code', async () => {
    const hub = await sharedServer.hub();
    await hub.fetch('/topics', { headers: { authorization: 'Bearer nonsense' } });
    const { code, stdout } = await runHere(['status', '--json', '--url', `${hub.url}/`]);
    expect(code).toBe(0);
    const status = JSON.parse(stdout) as Record<string, unknown>;
    expect(status).toMatchObject({ url: hub.url, version, ready: true, reason: null, metricsError: null, readers: 0 });
    expect(status['databaseBytes']).toBeGreaterThan(0);
    expect((status['refusals'] as Record<string, number>)['unauthenticated']).toBeGreaterThan(0);
  });

  it('ends with 1 and the reason when the server is not ready, what is known being printed', async () => {
    const url = await fake({ '/': INFO, '/readyz': UNREADY, '/metrics': [200, 'writer_hub_queue_bytes 7\n'] });
    const { code, stdout, stderr } = await runHere(['status', '--json', '--url', url]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ready: false,
      reason: expect.stringContaining('disk is full') as string,
      queuedBytes: 7,
    });
    expect(stderr).toBe('writer-hub: the server is not ready: the server answered 503: the disk is full\n');
  });

  it('goes without the numbers where metrics are closed, and takes them from another address', async () => {
    const url = await fake({
      '/': INFO,
      '/readyz': [200, ''],
      '/metrics': [401, '{"detail":"no token"}'],
      '/own': [200, 'writer_hub_followers 3\n'],
    });
    const closed = await runHere(['status', '--url', url]);
    expect([closed.code, closed.stdout]).toEqual([
      0,
      expect.stringMatching(/numbers +not known: the server answered 401: no token; see --metrics-url/),
    ]);
    const other = await runHere(['status', '--json', '--url', url, '--metrics-url', `${url}/own`]);
    expect(JSON.parse(other.stdout)).toMatchObject({ readers: 3, databaseBytes: null });
  });

  it.each<[string, () => Promise<string>, number, RegExp]>([
    ['where nothing listens', () => Promise.resolve('http://127.0.0.1:1'), 1, /cannot reach http:/],
    ['something else', () => fake({ '/': [200, '<html>'] }), 1, /is no writer-hub/],
    ['what is no address', () => Promise.resolve('nowhere'), 2, /"nowhere" is not a URL/],
  ])('fails for %s', async (_, urlOf, expected, message) => {
    const { code, stdout, stderr } = await runHere(['status', '--url', await urlOf()]);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
  });

  it('shows sizes and times as people read them', async () => {
    const url = await fake({ '/': INFO, '/readyz': [200, ''], '/metrics': [200, ''] });
    const status = await fetchStatus({ url, metricsUrl: undefined, token: undefined });
    const known = {
      uptimeSeconds: 273_605,
      databaseBytes: 999_600,
      logBytes: 999,
      diskFreeBytes: 75_100_000_000,
      diskSizeBytes: 252e9,
    };
    const text = statusText({
      ...status,
      ...known,
      refusals: { a: 1, b: 1234 },
      readersByLag: { live: 2 },
      readers: 2,
    });
    expect(text).toContain('up          3 d 4 h\n');
    expect(text).toContain('database    1.00 MB, write-ahead log 999 bytes\n');
    expect(text).toContain('disk        75.1 GB free of 252 GB\n');
    expect(text).toContain('refused     b 1,234, a 1\n');
    expect(text).toContain('readers     2 live (2 live)\n');
    expect(text).toContain('queue       not known batches');
    expect(text).not.toContain('hubs');
  });

  it('says how many other hubs are heard, and what others have put into their logs', async () => {
    const metrics = 'writer_hub_other_hubs 2\nwriter_hub_foreign_records 3\n';
    const url = await fake({ '/': INFO, '/readyz': [200, ''], '/metrics': [200, metrics] });
    const status = await fetchStatus({ url, metricsUrl: undefined, token: undefined });
    expect(status).toMatchObject({ otherHubs: 2, foreignRecords: 3 });
    expect(statusText(status)).toContain('hubs        2 others heard, 3 records that no hub has written\n');
  });
});

describe('MetricSamples', () => {
  const samples = new MetricSamples(
    '# HELP a b\n# TYPE a gauge\na{x="1",code="c"} 2\na{x="2",code="c"} 3 1700000000000\na{xcode="d"} 9\nb 1.5e3\nc NaN\nd{code="e"} 0\n',
  );

  it('sums the samples of a name, whatever their labels', () => {
    expect(['a', 'b', 'c', 'none'].map((name) => samples.sum(name))).toEqual([14, 1500, null, null]);
  });

  it('gives values by a label, but for those that are 0', () => {
    expect(samples.by('a', 'code')).toEqual({ c: 5 });
    expect(samples.by('d', 'code')).toEqual({});
  });
});
