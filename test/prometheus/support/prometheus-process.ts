import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';

/** The folder of what is loaded into Prometheus and Grafana. */
export const DEPLOY = path.join(__dirname, '../../../deploy');

/** Why the suite cannot run here; `undefined` when it can. */
export function missing(): string | undefined {
  const absent = ['prometheus', 'promtool'].filter((command) => spawnSync(command, ['--version']).status !== 0);
  return absent.length === 0 ? undefined : `${absent.join(' and ')} cannot be found: install the package prometheus`;
}

/** Runs promtool with a text as its input; gives its exit code and all that it prints. */
export function promtool(args: readonly string[], input = ''): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { code: status, text: `${stdout}${stderr}` };
}

/** A value of an instant vector, with its labels. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What it scrapes, and with which token. */
export interface ScrapeTarget {
  readonly metricsUrl: string;
  readonly token: string;
}

/** The parts of the sample configuration that are changed. */
interface Configuration {
  global: Record<string, string>;
  rule_files: string[];
  scrape_configs: Record<string, unknown>[];
}

/** A Prometheus of its own, with the sample configuration, that scrapes one server every second. */
export class PrometheusProcess {
  readonly #url: string;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(url: string, directory: string, child: ChildProcess) {
    this.#url = url;
    this.#directory = directory;
    this.#process = child;
  }

  static async start(target: ScrapeTarget): Promise<PrometheusProcess> {
    const directory = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
    const file = path.join(directory, 'prometheus.yml');
    writeFileSync(path.join(directory, 'token'), `${target.token}\n`);
    writeFileSync(file, configurationFor(target, directory));
    const address = `127.0.0.1:${await freePort()}`;
    const args = [`--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=${address}`];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const prometheus = new PrometheusProcess(`http://${address}`, directory, child);
    await new Promise<void>((resolve, reject) => {
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => {
        log += String(chunk);
        if (log.includes('Server is ready to receive web requests')) resolve();
      });
      child.once('exit', () => {
        reject(new Error(`prometheus has ended: ${log}`));
      });
    });
    return prometheus;
  }

  /** The instant vector of an expression. */
  async query(expression: string): Promise<Sample[]> {
    const { result } = await this.get<{ result: { metric: Sample['metric']; value: [number, string] }[] }>(
      `/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1].replace('Inf', 'Infinity')) }));
  }

  /** What is at a path of its API. */
  async get<Data>(address: string): Promise<Data> {
    const response = await fetch(`${this.#url}${address}`);
    const answer = (await response.json()) as { status: string; error?: string; data: Data };
    if (answer.status !== 'success') throw new Error(`${address}: ${answer.error}`);
    return answer.data;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** The sample, with another address, a token and a second between two scrapes. */
function configurationFor({ metricsUrl }: ScrapeTarget, directory: string): string {
  const sample = parse(readFileSync(path.join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8')) as Configuration;
  return stringify({
    global: { ...sample.global, scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: sample.rule_files.map((file) => path.join(DEPLOY, 'prometheus', file)),
    scrape_configs: sample.scrape_configs.map((job) => ({
      ...job,
      authorization: { credentials_file: path.join(directory, 'token') },
      static_configs: [{ targets: [new URL(metricsUrl).host] }],
    })),
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
