import type { TestHub } from '../../../support/test-hub';

const PLAIN = { 'content-type': 'text/plain' };

/** Sends to the Events API; what is not accepted fails the test. */
async function send(hub: TestHub, path: string, body: string): Promise<void> {
  const response = await hub.post(path, body, PLAIN);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** Makes a data source, or changes it, from the lines of a SCHEMA. */
export function pushSchema(hub: TestHub, name: string, ...columns: readonly string[]): Promise<void> {
  const text = `SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}\n`;
  return send(hub, `/v0/datasources?name=${encodeURIComponent(name)}`, text);
}

/** Stores rows, or has them quarantined. */
export function sendRows(hub: TestHub, name: string, ...rows: readonly string[]): Promise<void> {
  return send(hub, `/v0/events?wait=true&name=${encodeURIComponent(name)}`, rows.join('\n'));
}

/** The rows of a query. */
export async function select(hub: TestHub, query: string): Promise<unknown[]> {
  const text = await hub.read(`/v0/sql?q=${encodeURIComponent(query)}`);
  return (JSON.parse(text) as { data: unknown[] }).data;
}
