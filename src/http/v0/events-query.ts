import { WriterHubError } from '../../errors';
import type { RowFormat } from '../../datasources/rows/row-scanner';
import type { KnownParameters } from '../known-parameters';
import { queryOf } from '../request-target';

/** The query of `POST /v0/events`. */
export interface EventsQuery {
  readonly name: string;
  readonly wait: boolean;
  readonly format: RowFormat;
  /** What the answer to a Vercel log drain has to repeat in a header. */
  readonly vercelVerify: string | undefined;
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false, '': false };
const FORMATS: Readonly<Record<string, RowFormat>> = { ndjson: 'ndjson', json: 'json', '': 'ndjson' };

/** Text that can be sent in a header as it is. */
const HEADER_TEXT = /^[\x21-\x7e]{1,256}$/;

/** How many URLs are remembered, and how long they may be. */
const MAX_URLS = 1000;
const MAX_URL_LENGTH = 512;

/** Parses the queries of URLs and remembers them: a sender uses the same URL over and over. */
export class EventsQueries {
  readonly #remembered = new Map<string, EventsQuery>();
  readonly #known: KnownParameters;

  constructor(known: KnownParameters) {
    this.#known = known;
  }

  /** Throws `invalid_query`, naming the parameter. */
  parse(url: string): EventsQuery {
    const known = this.#remembered.get(url);
    if (known !== undefined) return known;
    this.#known.check(url);
    const query = parseEventsQuery(url);
    // A URL that may hold a token is not kept.
    if (url.length <= MAX_URL_LENGTH && !url.includes('token') && !url.includes('%')) {
      if (this.#remembered.size === MAX_URLS) this.#remembered.clear();
      this.#remembered.set(url, query);
    }
    return query;
  }
}

function parseEventsQuery(url: string): EventsQuery {
  const parameters = queryOf(url);
  const name = single(parameters, 'name');
  if (name === undefined || name === '') {
    throw new WriterHubError('invalid_query', 'the query parameter name is missing: /v0/events?name=<data source>');
  }
  const verify = parameters.get('x-vercel-verify') ?? '';
  return {
    name,
    wait: choice(parameters, 'wait', BOOLEANS, 'true or false'),
    format: choice(parameters, 'format', FORMATS, 'ndjson or json'),
    vercelVerify: HEADER_TEXT.test(verify) ? verify : undefined,
  };
}

function single(parameters: URLSearchParams, name: string): string | undefined {
  const given = parameters.getAll(name);
  if (given.length > 1) throw new WriterHubError('invalid_query', `${name} is given ${given.length} times`);
  return given[0];
}

function choice<T>(parameters: URLSearchParams, name: string, values: Readonly<Record<string, T>>, wanted: string): T {
  const text = (single(parameters, name) ?? '').toLowerCase();
  const value = Object.hasOwn(values, text) ? values[text] : undefined;
  if (value !== undefined) return value;
  throw new WriterHubError('invalid_query', `${name}=${text.slice(0, 40)} is not ${wanted}`);
}
