import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWriterHub, type WriterHub } from '../../../../src/server';
import { SECRET, token } from '../../../support/test-hub';

/** The path that asks a query. */
export const sqlPath = (q: string): string => `/v0/sql?q=${encodeURIComponent(q)}`;

/**
 * A server with a data source, its quarantine and a topic of events, for all tests of a file: queries change nothing.
 */
export class SqlClient {
  readonly #server: WriterHub;
  readonly #dataDir: string;

  private constructor(server: WriterHub, dataDir: string) {
    this.#server = server;
    this.#dataDir = dataDir;
  }

  static async start(): Promise<SqlClient> {
    const dataDir = mkdtempSync(join(tmpdir(), 'writer-hub-test-'));
    const client = new SqlClient(
      await startWriterHub({ port: 0, jwtSecret: SECRET, dataDir, logLevel: 'silent' }),
      dataDir,
    );
    const rows = '{"city":"Chicago","n":1}\n{"city":"Zürich","n":9223372036854775807}\n';
    const posted = [
      await client.post('/v0/events?name=places&wait=true', rows),
      await client.post('/v0/events?name=places&wait=true', '{"city":7}'),
      await client.post('/topics/cars/streams/trip/events/data', '[{"timestamp":1,"id":"speed","value":"42"}]'),
    ];
    expect(posted.map(({ status }) => status)).toEqual([200, 200, 200]);
    return client;
  }

  /** The same with another data source: its columns as in a `.datasource` file, and rows that fit them. */
  static async startWith(name: string, columns: readonly string[], rows: readonly string[]): Promise<SqlClient> {
    const client = await SqlClient.start();
    await client.post(`/v0/datasources?name=${name}&schema=${encodeURIComponent(columns.join(', '))}`, '');
    const sent = await client.post(`/v0/events?name=${name}&wait=true`, rows.join('\n'));
    expect(await sent.json()).toMatchObject({ successful_rows: rows.length, quarantined_rows: 0 });
    return client;
  }

  async close(): Promise<void> {
    await this.#server.close();
    rmSync(this.#dataDir, { recursive: true });
  }

  get url(): string {
    return this.#server.url;
  }

  /** A request with a token that may do everything, unless it brings another. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${token('admin')}`);
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  post(path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json'): Promise<Response> {
    return this.fetch(path, { method: 'POST', headers: { 'content-type': type }, body });
  }

  /** The text of a result. */
  async ask(q: string, bearer = token('admin')): Promise<string> {
    const response = await this.fetch(sqlPath(q), { headers: { authorization: `Bearer ${bearer}` } });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return text;
  }
}
