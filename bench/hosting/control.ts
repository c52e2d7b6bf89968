import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a server holds after its garbage is collected, in bytes. */
export interface MemoryReport {
  /** In RAM, as the operating system counts it. */
  readonly resident: number;
  /** JavaScript objects, and the buffers they hold. */
  readonly objects: number;
}

/** Answers `GET /memory` of a server that runs with `--expose-gc`; says whether the request was that. */
export function answerMemory(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url !== '/memory') return false;
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const report: MemoryReport = { resident: rss, objects: heapUsed + external };
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(report));
  return true;
}

/** Asks a server for its memory. */
export async function memoryOf(url: string): Promise<MemoryReport> {
  const answer = await fetch(`${url}/memory`, { headers: { connection: 'close' } });
  return (await answer.json()) as MemoryReport;
}
