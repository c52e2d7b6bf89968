import { WriterHubError } from '../errors';
import { isPosition, type Position } from '../store/contract/position';
import { queryOf } from './request-target';

/** The largest page, and the size of a page if no limit is given. */
export const MAX_PAGE = 10_000;
export const DEFAULT_PAGE = 1_000;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** The query parameters of a read. Every method throws `invalid_query`, naming the parameter. */
export class PageQuery {
  readonly #parameters: URLSearchParams;

  constructor(url: string) {
    this.#parameters = queryOf(url);
  }

  limit(): number {
    const text = this.#text('limit');
    if (text === undefined) return DEFAULT_PAGE;
    return count('limit', text);
  }

  /** How the events are asked for: a page in either order, or the last ones. */
  shape(): { readonly descending?: true; readonly tail?: number } {
    const order = this.#text('order') ?? 'asc';
    if (order !== 'asc' && order !== 'desc') throw refused('order', order, 'asc or desc');
    const tail = this.#text('tail');
    if (tail === undefined) return order === 'desc' ? { descending: true } : {};
    for (const other of ['after', 'limit', 'order']) {
      if (this.#parameters.has(other)) {
        throw new WriterHubError('invalid_query', `tail gives the last events of all, and takes no ${other}`);
      }
    }
    return { tail: count('tail', tail) };
  }

  /** A position as an answer gave it. Only the store knows what it means. */
  position(name: string): Position | undefined {
    const text = this.#text(name);
    if (text === undefined || isPosition(text)) return text;
    throw refused(name, text, 'a position, as an answer gave it');
  }

  /** A time in nanoseconds since the Unix epoch. */
  timestamp(name: string): bigint | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const time = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
    if (time !== undefined && time >= INT64_MIN && time <= INT64_MAX) return time;
    throw refused(name, text, 'a time in integer nanoseconds since 1970');
  }

  /** The last name of the page before. */
  name(name: string): string | undefined {
    return this.#text(name);
  }

  #text(name: string): string | undefined {
    return single(this.#parameters, name);
  }
}

/** A parameter that may be given once. Throws `invalid_query`. */
export function single(parameters: URLSearchParams, name: string): string | undefined {
  const given = parameters.getAll(name);
  if (given.length > 1) throw new WriterHubError('invalid_query', `${name} is given ${given.length} times`);
  return given[0];
}

/** A parameter that is `true` or `false`, which it is when it is absent. Throws `invalid_query`. */
export function readFlag(url: string, name: string): boolean {
  const given = queryOf(url).getAll(name);
  const [text = 'false'] = given;
  if (given.length <= 1 && (text === 'true' || text === 'false')) return text === 'true';
  throw refused(name, text, given.length > 1 ? 'given once' : 'true or false');
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= MAX_PAGE) return value;
  throw refused(name, text, `a whole number from 1 to ${MAX_PAGE}`);
}

/** The error for a parameter that is not what is wanted. */
export function refused(name: string, text: string, wanted: string): WriterHubError {
  return new WriterHubError('invalid_query', `${name}=${text.slice(0, 40)} is not ${wanted}`);
}

/** `object` without the keys whose value is `undefined`. */
export function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
