import type { IncomingMessage, ServerResponse } from 'node:http';

/** The memory of a server after a garbage collection, in bytes. */
export interface MemoryReport {
  /** In RAM, as the operating system counts it. */
  readonly resident: number;
  /** JavaScript objects and their buffers. */
  readonly objects: number;
}

/** Answers `GET /memory` in a server that runs with `--expose-gc`; returns whether the request was that. */
export function answerMemory(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url !== '/memory') return false;
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const report: MemoryReport = { resident: rss, objects: heapUsed + external };
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(report));
  return true;
}

/** Gets the memory report of a server. */
export async function memoryOf(url: string): Promise<MemoryReport> {
  const answer = await fetch(`${url}/memory`, { headers: { connection: 'close' } });
  return (await answer.json()) as MemoryReport;
}
