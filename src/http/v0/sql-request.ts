import { isUtf8 } from 'node:buffer';
import { WriterHubError } from '../../errors';
import { parseJson } from '../../json/json-text';
import { markLength } from '../../json/text-start';
import type { BodyOwner, BodyReader } from '../body-reader';
import { KnownParameters } from '../known-parameters';
import { queryOf } from '../request-target';

/** The query of a request, and how its result is written. */
export interface SqlRequest {
  readonly text: string;
  readonly quoteLargeIntegers: boolean;
  /** The format of the result when the query does not ask for one. */
  readonly defaultFormat?: string;
}

/** Parameters of a request by name. */
type Parameters = ReadonlyMap<string, string>;

const QUOTE = 'output_format_json_quote_64bit_integers';
const DEFAULT_FORMAT = 'default_format';

/** Fields of a form or a JSON object. */
const FIELDS = new KnownParameters(['q', DEFAULT_FORMAT, QUOTE], ['token', 'from', 'cli_version'], 'field of the body');

/**
 * Reads the query of a GET or a POST: the parameter `q` of the address, the field `q` of a form or of a JSON object, or
 * the body itself. Rejects with `invalid_query` if there is none or more than one, or a format that is not one of
 * `formats`, and as `BodyReader.read`.
 */
export async function readSqlRequest(
  owner: BodyOwner,
  bodies: BodyReader,
  formats: readonly string[],
): Promise<SqlRequest> {
  const { request } = owner;
  const inAddress = toParameters(queryOf(request.url));
  const inBody = request.method === 'POST' ? await readParameters(owner, bodies) : new Map<string, string>();
  if (inAddress.has('q') && inBody.has('q')) throw refused('the query is given twice: in the address and in the body');
  const parameters: Parameters = new Map([...inAddress, ...inBody]);
  for (const name of inBody.keys()) FIELDS.checkName(name);
  const text = parameters.get('q');
  if (text === undefined) throw refused('there is no query: send it as `q`, or as the body of a POST');
  const defaultFormat = parameters.get(DEFAULT_FORMAT);
  if (defaultFormat !== undefined) checkFormat(defaultFormat, formats);
  return {
    text,
    quoteLargeIntegers: readFlag(parameters.get(QUOTE)),
    ...(defaultFormat !== undefined && { defaultFormat }),
  };
}

async function readParameters(owner: BodyOwner, bodies: BodyReader): Promise<Parameters> {
  const body = await bodies.read(owner);
  if (body.length === 0) return new Map();
  if (!isUtf8(body)) throw new WriterHubError('malformed_body', 'the body is not UTF-8');
  const type = owner.request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return fromJson(parseJson(body, bodies.maxDepth));
  const text = body.toString('utf8', markLength(body));
  if (type !== 'application/x-www-form-urlencoded') return new Map([['q', text]]);
  const form = toParameters(new URLSearchParams(text));
  // curl -d "SELECT 1" sends the content type of a form.
  return form.has('q') ? form : new Map([['q', text]]);
}

function fromJson(value: unknown): Parameters {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refused('the body is not a JSON object with a field "q"');
  }
  const parameters = new Map<string, string>();
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'string') parameters.set(name, field);
    else if (typeof field === 'number' || typeof field === 'boolean') parameters.set(name, String(field));
    else if (name === 'q') throw refused('q is not a string');
    else FIELDS.checkName(name);
  }
  return parameters;
}

function toParameters(given: URLSearchParams): Parameters {
  if (given.getAll('q').length > 1) throw refused('q is given more than once');
  return new Map(given);
}

function readFlag(text = '0'): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw refused(`${QUOTE}=${text.slice(0, 40)} is neither 0 nor 1`);
}

/** Names of formats count in any case, as in a FORMAT clause. */
function checkFormat(asked: string, formats: readonly string[]): void {
  if (formats.some((name) => name.toLowerCase() === asked.toLowerCase())) return;
  throw refused(`${DEFAULT_FORMAT}=${asked.slice(0, 40)} is no format; there are ${formats.join(', ')}`);
}

function refused(message: string): WriterHubError {
  return new WriterHubError('invalid_query', message);
}
