import { WriterHubError } from '../errors';
import { nearest } from '../nearest';
import { queryOf } from './request-target';

/** A parameter as a route declares it. */
interface DeclaredParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}

/** The query parameters that a route takes. One that it does not know would do nothing, without a word. */
export class KnownParameters {
  readonly #names: ReadonlySet<string>;
  readonly #shown: string;
  readonly #noun: string;

  /** `ignored`: what clients send besides, and means nothing. */
  constructor(names: readonly string[], ignored: readonly string[] = [], noun = 'query parameter') {
    this.#names = new Set([...names, ...ignored]);
    this.#shown = names.length === 0 ? 'none' : names.join(', ');
    this.#noun = noun;
  }

  /** Those that a route declares. */
  static of(parameters: readonly DeclaredParameter[], ignored?: readonly string[]): KnownParameters {
    return new KnownParameters(
      parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      ignored,
    );
  }

  /** Throws `invalid_query` with the name of the first parameter of a URL that is unknown. */
  check(url: string | undefined): void {
    if (url?.includes('?') !== true) return;
    for (const name of queryOf(url).keys()) this.checkName(name);
  }

  /** Throws `invalid_query` when there is no such parameter. */
  checkName(name: string): void {
    if (this.#names.has(name)) return;
    const meant = nearest(name, this.#names);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    const shown = JSON.stringify(name.slice(0, 40));
    throw new WriterHubError('invalid_query', `unknown ${this.#noun} ${shown}${hint} (known here: ${this.#shown})`);
  }
}
