import { DurationHistogram, type DurationSeries } from './duration-histogram';

/** A route by its template, such as `/topics/{topic}/streams`. */
export interface MeasuredRoute {
  readonly verb: string;
  readonly path: string;
}

/** The route of requests that are for none. */
const UNMATCHED = 'unmatched';

/** Verbs that there are series for. A request by another one is counted as `other`: there are dozens. */
const VERBS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Classes of status codes that most routes answer with. */
const USUAL_CLASSES = [2, 4, 5];

type Label = 'route' | 'method' | 'status';

/** The series of a route and a verb, by the first digit of the status. */
type ByClass = (DurationSeries | undefined)[];

/** How long requests take, by route template: never by path, which scanners make up without end. */
export class RequestMetrics {
  readonly durations: DurationHistogram<Label>;
  readonly #routes = new Map<string, Map<string, ByClass>>();

  constructor(routes: readonly MeasuredRoute[]) {
    const name = 'writer_hub_http_request_seconds';
    const help =
      'Time of HTTP requests to the end of the answer, or to the head of one without an end, by route, method and status.';
    this.durations = new DurationHistogram({ name, help, labelNames: ['route', 'method', 'status'], sparse: true });
    for (const { verb, path } of [...routes, { verb: 'GET', path: UNMATCHED }]) {
      for (const status of USUAL_CLASSES) this.#series(path, verb, status);
    }
  }

  /** A request was answered. `route`: the template of its path; `undefined`: it is for no route. */
  answered(route: string | undefined, method: string, status: number, seconds: number): void {
    const path = route ?? UNMATCHED;
    const verb = VERBS.has(method) ? method : 'other';
    const digit = Math.floor(status / 100);
    const series = this.#routes.get(path)?.get(verb)?.[digit] ?? this.#series(path, verb, digit);
    series.add(seconds);
  }

  #series(route: string, method: string, digit: number): DurationSeries {
    let verbs = this.#routes.get(route);
    if (verbs === undefined) this.#routes.set(route, (verbs = new Map<string, ByClass>()));
    let classes = verbs.get(method);
    if (classes === undefined) verbs.set(method, (classes = []));
    return (classes[digit] ??= this.durations.series({ route, method, status: `${digit}xx` }));
  }
}
