import type { ServerResponse } from 'node:http';

const ROUTE = Symbol('route');
const HEAD_SENT_AT = Symbol('head sent at');

/** A response, and what whoever serves it notes for whoever measures it. */
interface MeasuredResponse extends ServerResponse {
  [ROUTE]?: string;
  [HEAD_SENT_AT]?: number;
}

/** Notes that a response answers a request for the route of this template. */
export function noteRoute(response: ServerResponse, path: string): void {
  (response as MeasuredResponse)[ROUTE] = path;
}

/** The template of the route that a response is for; `undefined`: none was found. */
export function routeOf(response: ServerResponse): string | undefined {
  return (response as MeasuredResponse)[ROUTE];
}

/** Notes that the head of an answer is sent that goes on for as long as its reader listens. */
export function noteEndless(response: ServerResponse): void {
  (response as MeasuredResponse)[HEAD_SENT_AT] = performance.now();
}

/** When it was answered, on the clock of `performance.now`: now, or when the head of an endless answer was sent. */
export function answeredAt(response: ServerResponse): number {
  return (response as MeasuredResponse)[HEAD_SENT_AT] ?? performance.now();
}
