import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { SharedHub } from '../support/shared-hub';
import { Load } from './support/load';
import { DEPLOY, missing, PrometheusProcess, promtool, type Sample } from './support/prometheus-process';

const MISSING = missing();
if (MISSING !== undefined) process.stdout.write(`not run: ${MISSING}\n`);
const suite = MISSING === undefined ? describe : describe.skip;

const METRICS_TOKEN = 'the-token-of-this-prometheus';
const RULES_FILE = path.join(DEPLOY, 'prometheus/rules.yml');
const PAGE = readFileSync(path.join(__dirname, '../../docs/observability.md'), 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly id: null;
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

const DASHBOARD = JSON.parse(readFileSync(path.join(DEPLOY, 'grafana/writer-hub.json'), 'utf8')) as Dashboard;
const { rules: RULES } = (parse(readFileSync(RULES_FILE, 'utf8')) as { groups: [{ rules: Rule[] }] }).groups[0];

const PANELS = DASHBOARD.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

/** What Grafana makes of an expression, where everything is chosen. */
function filledIn(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range', '10s')
    .replaceAll(/"\$\w+"/g, '".*"');
}

/** An alert's expression without what its value is compared with. */
function valueOf({ expr }: Rule): string {
  return expr.trim().replace(/\s*(?:[<>]=?|==)\s*[\d.]+$/, '');
}

suite('Prometheus', () => {
  let prometheus: PrometheusProcess;
  let load: Load;

  beforeAll(async () => {
    const hub = await shared.hub();
    load = await Load.start(hub);
    prometheus = await PrometheusProcess.start({ metricsUrl: hub.hub.metricsUrl, token: METRICS_TOKEN });
  });

  afterAll(async () => {
    await prometheus.close();
    await load.stop();
  });

  const shared = new SharedHub({ metricsPort: 0, metricsToken: METRICS_TOKEN });

  /** The first vector of an expression that holds; the load goes on meanwhile. */
  async function until(expression: string, holds: (samples: Sample[]) => boolean): Promise<Sample[]> {
    for (;;) {
      const samples = await prometheus.query(expression);
      if (holds(samples)) return samples;
    }
  }

  it('takes the metrics as OpenMetrics, with their token, without an error', async () => {
    await until('scrape_samples_scraped{job="writer-hub"}', ([sample]) => (sample?.value ?? 0) > 300);
    const { activeTargets } = await prometheus.get<{ activeTargets: { health: string; lastError: string }[] }>(
      '/api/v1/targets',
    );
    expect(activeTargets).toMatchObject([{ health: 'up', lastError: '' }]);
    const metadata = await prometheus.get<Record<string, { type: string }[]>>('/api/v1/metadata');
    // The name of a counter without `_total` is what OpenMetrics calls it.
    expect(metadata['writer_hub_events']).toMatchObject([{ type: 'counter' }]);
    expect(metadata['writer_hub_commit_seconds']).toMatchObject([{ type: 'histogram' }]);
  });

  it.each(PANELS)('has data for the panel %s: %s', async (_, expression) => {
    const samples = await until(filledIn(expression), (found) => found.some(({ value }) => !Number.isNaN(value)));
    expect(samples.length).toBeGreaterThan(0);
  });

  it.each(RULES.map((rule) => [rule.alert, valueOf(rule)] as const))(
    'has a value to compare for the alert %s: %s',
    async (_, expression) => {
      const samples = await until(expression, (found) => found.some(({ value }) => !Number.isNaN(value)));
      expect(samples[0]?.metric).toMatchObject({ job: 'writer-hub' });
    },
  );

  it('evaluates every rule, and none of those fires that would wake somebody', async () => {
    await until('count_over_time(writer_hub_store_writable[1m])', ([sample]) => (sample?.value ?? 0) > 3);
    const { groups } = await prometheus.get<{
      groups: { rules: { name: string; health: string; state: string; labels: { severity: string } }[] }[];
    }>('/api/v1/rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ name, health }) => [name, health])).toEqual(RULES.map(({ alert }) => [alert, 'ok']));
    const critical = rules.filter(({ labels, state }) => labels.severity === 'critical' && state === 'firing');
    expect(critical).toEqual([]);
  });

  it('finds nothing wrong with the metrics', async () => {
    const { hub } = await shared.hub();
    const text = await (await fetch(hub.metricsUrl, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).text();
    expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, text: '' });
  });
});

suite('promtool', () => {
  it.each([
    ['check', 'rules', RULES_FILE],
    ['check', 'config', path.join(DEPLOY, 'prometheus/prometheus.yml')],
    ['test', 'rules', path.join(__dirname, 'rules.test.yml')],
  ])('%s %s %s', (...args) => {
    expect(promtool(args)).toMatchObject({ code: 0 });
  });
});

describe('the alerts', () => {
  const { tests } = parse(readFileSync(path.join(__dirname, 'rules.test.yml'), 'utf8')) as {
    tests: { alert_rule_test: [{ alertname: string; exp_alerts: unknown[] }] }[];
  };

  it.each(RULES.map((rule) => [rule.alert, rule] as const))('%s waits, and says what to do', (alert, rule) => {
    expect(['5m', '10m']).toContain(rule.for);
    expect(['warning', 'critical']).toContain(rule.labels.severity);
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook_url']);
    const [page, anchor] = rule.annotations['runbook_url']!.split('#');
    expect(page).toBe('docs/observability.md');
    const headings = PAGE.split('\n').filter((line) => line.startsWith('#'));
    expect(headings.map((line) => line.replace(/^#+ /, '').toLowerCase())).toContain(anchor);
    const counts = tests.map(({ alert_rule_test: [test] }) => test).filter(({ alertname }) => alertname === alert);
    expect(counts.map(({ exp_alerts: alerts }) => alerts.length)).toEqual([1, 0]);
  });
});

describe('the dashboard', () => {
  it('can be provisioned: it has a uid of its own, no id, and a variable for where its data come from', () => {
    expect([DASHBOARD.id, DASHBOARD.uid]).toEqual([null, 'writer-hub-server']);
    expect(DASHBOARD.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    const sources = DASHBOARD.panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource === undefined ? [] : [datasource.uid]),
      ...targets.map((target) => target.datasource.uid),
    ]);
    expect(new Set(sources)).toEqual(new Set(['${datasource}']));
    expect(JSON.stringify(DASHBOARD)).not.toMatch(/\$\{DS_|__inputs/);
  });

  it('names each panel once, and each is described or has a legend', () => {
    const ids = DASHBOARD.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const titles = DASHBOARD.panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
