import type { Config } from '../../../../src/config';
import { TestHub, token } from '../../../support/test-hub';

/** What a sender of rows is answered. */
export interface RowsAnswer {
  readonly successful_rows: number;
  readonly quarantined_rows: number;
  readonly errors?: { readonly row: number; readonly column: string; readonly path: string; readonly error: string }[];
  readonly unknown_fields?: string[];
}

export const bearer = (...scopes: string[]) => ({ authorization: `Bearer ${token(...scopes)}` });

/** A hub with the ways of somebody who posts rows. */
export class RowsHub {
  private constructor(readonly hub: TestHub) {}

  /** On a server that is there already. */
  static of(hub: TestHub): RowsHub {
    return new RowsHub(hub);
  }

  static async start(settings: Partial<Config> = {}): Promise<RowsHub> {
    return new RowsHub(await TestHub.start(settings));
  }

  /** Posts a body as `curl -d` does; `query` goes behind `/v0/events?`. */
  events(query: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.hub.post(`/v0/events?${query}`, body, { ...type, ...headers });
  }

  /** Posts rows, waits for the commit, and gives the answer, which has to be 200. */
  async stored(name: string, body: string, headers: Record<string, string> = {}): Promise<RowsAnswer> {
    const response = await this.events(`name=${name}&wait=true`, body, headers);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as RowsAnswer;
  }

  /** Makes a data source, or changes it, from the lines of a SCHEMA. */
  async schema(name: string, ...columns: string[]): Promise<void> {
    const text = `SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}\n`;
    const response = await this.hub.post(`/v0/datasources?name=${name}`, text, { 'content-type': 'text/plain' });
    if (response.status !== 200) throw new Error(await response.text());
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const answer = await this.hub.read(`/v0/sql?q=${encodeURIComponent(sql)}`);
    return (JSON.parse(answer) as { data: Record<string, unknown>[] }).data;
  }

  /** How many rows a data source has, and how many are in its quarantine. */
  async counts(name: string): Promise<[rows: number, quarantined: number]> {
    const text = await this.hub.read(`/v0/datasources/${encodeURIComponent(name)}`);
    const { statistics, quarantine_rows: quarantined } = JSON.parse(text) as {
      statistics: { row_count: number };
      quarantine_rows: number;
    };
    return [statistics.row_count, quarantined];
  }

  async names(): Promise<string[]> {
    const { datasources } = JSON.parse(await this.hub.read('/v0/datasources')) as { datasources: { name: string }[] };
    return datasources.map(({ name }) => name);
  }
}

/** What an answer that is an error says; it has to have the form of one. */
export async function errorOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toBe('application/json');
  const body = (await response.json()) as { error: string; documentation: string };
  expect(Object.keys(body)).toEqual(['error', 'documentation']);
  expect(body.documentation).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/docs\/events-api#[a-z_]+$/);
  return body.error;
}
