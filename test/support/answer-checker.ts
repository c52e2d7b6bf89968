import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { ServerResponse } from 'node:http';
import { HUB_PATH, HUB_PATHS } from '../../src/http/routes/hub-routes';
import { pathPattern } from '../../src/http/routes/path-template';
import { APIS, ROUTES } from '../../src/http/routes/route-table';
import { openApiDocument } from '../../src/reference/openapi-document';

/** An answer as it was sent. */
export interface SentAnswer {
  readonly method: string;
  /** As it was asked for. */
  readonly target: string;
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What was kept of the body; of a long one nothing. */
  readonly body: Buffer | undefined;
  /** Whether all of it was sent. */
  readonly isWhole: boolean;
  /** Whether it was a preflight of a browser, or is for a page of another origin. */
  readonly isCors: boolean;
}

interface ResponseObject {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

/** Headers that Node.js, caches, browsers and proxies know, and that no document need name. */
const COMMON_HEADERS =
  /^(?:access-control-[a-z-]+|age|allow|cache-control|connection|content-(?:disposition|encoding|length|security-policy|type)|cross-origin-opener-policy|date|etag|expires|keep-alive|location|pragma|referrer-policy|transfer-encoding|vary|x-content-type-options|x-request-id|retry-after|www-authenticate|set-cookie)$/;

/** Compares answers with the OpenAPI document. */
export class AnswerChecker {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #document = closed(openApiDocument()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly responses: Readonly<Record<string, ResponseObject>> };
  };
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #patterns: readonly { readonly pattern: RegExp; readonly path: string }[];
  /** The status of each operation that was answered, as `operationId status`. */
  readonly seen = new Set<string>();

  constructor() {
    addFormats(this.#ajv);
    // Timestamps are read as doubles here.
    this.#ajv.addFormat('int64', { type: 'number', validate: (value: number) => Number.isInteger(value) });
    this.#ajv.addSchema(this.#document, 'openapi');
    const lenient = new Set(
      APIS.flatMap((api) => (api.lenientPaths === true ? api.routes.map(({ path }) => path) : [])),
    );
    const paths = [...new Set(ROUTES.map(({ path }) => path))];
    this.#patterns = paths.map((path) => ({ path, pattern: pathPattern(path, lenient.has(path)) }));
  }

  /** What is wrong with an answer, in sentences; none: it is as the document says. */
  check(answer: SentAnswer): string[] {
    const path = this.#pathOf(answer.target);
    const title = `${answer.method} ${answer.target} → ${answer.status}`;
    // SignalR's transports have no HEAD.
    const verb = answer.method === 'HEAD' && path !== HUB_PATH ? 'get' : answer.method.toLowerCase();
    const operation = path === undefined ? undefined : this.#document.paths[path]?.[verb];
    const faults =
      operation === undefined
        ? undocumented(answer, path !== undefined)
        : this.#documented(answer, path!, verb, operation);
    return faults.map((fault) => `${title}: ${fault}`);
  }

  #pathOf(target: string): string | undefined {
    let path = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0]!;
    // The hub knows its path however it is escaped.
    if (/^\/(?:%[46]8|h)/i.test(path)) path = decodeURIComponent(path);
    for (const other of HUB_PATHS.slice(1)) if (path.startsWith(other)) path = `/hub${path.slice(other.length)}`;
    const isHub = /^\/hub(?:\/|$)/i.test(path);
    return this.#patterns.find(({ pattern }) => pattern.test(isHub ? path.toLowerCase().replace(/\/$/, '') : path))
      ?.path;
  }

  #documented(answer: SentAnswer, path: string, verb: string, { operationId, responses }: Operation): string[] {
    const given = responses[String(answer.status)];
    if (given === undefined) return ['the document has no such status'];
    this.seen.add(`${operationId} ${answer.status}`);
    const pointer =
      given.$ref === undefined
        ? `/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${verb}/responses/${answer.status}`
        : given.$ref.slice(1);
    const response =
      given.$ref === undefined ? given : this.#document.components.responses[given.$ref.split('/').at(-1)!]!;
    return [...this.#headerFaults(answer, response, pointer), ...this.#bodyFaults(answer, response, pointer)];
  }

  #headerFaults({ headers }: SentAnswer, response: ResponseObject, pointer: string): string[] {
    const known = Object.entries(response.headers ?? {});
    const missing = known.filter(
      ([name, { required }]) => required === true && headers[name.toLowerCase()] === undefined,
    );
    const names = new Set(known.map(([name]) => name.toLowerCase()));
    const unknown = Object.keys(headers).filter((name) => !names.has(name) && !COMMON_HEADERS.test(name));
    const wrong = known.flatMap(([name, header]) => {
      const value = headers[name.toLowerCase()];
      if (value === undefined) return [];
      const at = '$ref' in header ? String(header.$ref).slice(1) : `${pointer}/headers/${name}`;
      const isValid = this.#validator(`${at}/schema`);
      return [value, Number(value)].some((each) => isValid(each)) ? [] : [`the header ${name} is ${value}`];
    });
    return [
      ...missing.map(([name]) => `the header ${name} is missing`),
      ...unknown.map((name) => `the document does not name the header ${name}`),
      ...wrong,
    ];
  }

  #bodyFaults(answer: SentAnswer, { content = {} }: ResponseObject, pointer: string): string[] {
    const { method, headers, body, status } = answer;
    const type = essence(headers['content-type']);
    const isEmpty = body?.length === 0;
    if (type === undefined) {
      const isExpected =
        Object.keys(content).length === 0 || (isEmpty && (content['text/plain'] !== undefined || method === 'HEAD'));
      return isExpected || status === 304 ? [] : ['there is no content type'];
    }
    const media = Object.keys(content).find((name) => essence(name) === type);
    if (media === undefined) return [`the document does not have the content type ${type}`];
    // Node.js sends nothing of it.
    if (method === 'HEAD') return [];
    if (body === undefined || headers['content-encoding'] !== undefined) return [];
    const schema = `${pointer}/content/${media.replaceAll('/', '~1')}/schema`;
    if (/json$/.test(type) && type !== 'application/x-ndjson')
      return answer.isWhole ? this.#valueFaults(schema, body.toString()) : [];
    const item = type === 'application/x-ndjson' ? '/contentSchema/items' : '/properties/data/contentSchema';
    return this.#sequenceFaults(answer, type, `${schema}${item}/anyOf/0`);
  }

  #sequenceFaults({ body }: SentAnswer, type: string, pointer: string): string[] {
    if (!this.#has(pointer)) return [];
    const text = body!.toString();
    if (type === 'application/x-ndjson') {
      // What stands behind the last line break was cut off.
      const lines = text.split('\n').slice(0, -1);
      return lines
        .filter((line) => line !== '' && !line.startsWith('{"end":'))
        .flatMap((line) => this.#valueFaults(pointer, line));
    }
    return text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((block) => {
        const name = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) return [];
        if (name === 'end') return this.#valueFaults('/components/schemas/End', data);
        if (name === 'caught-up') return this.#valueFaults('/components/schemas/CaughtUp', data);
        return this.#valueFaults(pointer, data);
      });
  }

  #valueFaults(pointer: string, text: string): string[] {
    const isValid = this.#validator(pointer);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return [`the body is no JSON: ${text.slice(0, 200)}`];
    }
    if (isValid(value)) return [];
    return [`${this.#ajv.errorsText(isValid.errors)} in ${text.slice(0, 400)}`];
  }

  #has(pointer: string): boolean {
    let part: unknown = this.#document;
    for (const step of pointer.split('/').slice(1)) {
      if (typeof part !== 'object' || part === null) return false;
      part = (part as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    return part !== undefined;
  }

  #validator(pointer: string): ValidateFunction {
    let validator = this.#validators.get(pointer);
    if (validator === undefined) {
      const steps = pointer.split('/').map(encodeURIComponent);
      validator = this.#ajv.compile({ $ref: `openapi#${steps.join('/')}` });
      this.#validators.set(pointer, validator);
    }
    return validator;
  }
}

/** What holds for requests that the document does not know. */
function undocumented({ method, status, headers, isCors }: SentAnswer, isKnownPath: boolean): string[] {
  if (isCors && status === 204) return [];
  if (isKnownPath && method === 'OPTIONS')
    return status === 204 && headers['allow'] !== undefined ? [] : allowed(status, headers);
  if (isKnownPath) return allowed(status, headers);
  return status >= 400 && status < 500 ? [] : ['the document does not have this path'];
}

function allowed(status: number, headers: SentAnswer['headers']): string[] {
  // Whoever may not call at all is told that first.
  if (status === 403 || status === 400) return [];
  if (status !== 405) return ['the document does not have this method, and it is not answered with 405'];
  return headers['allow'] === undefined ? ['405 without Allow'] : [];
}

function essence(type: string | undefined): string | undefined {
  return type?.split(';', 1)[0]!.trim().toLowerCase();
}

/** A document whose objects have no members but those that it names: an answer with another one is not described. */
function closed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => closed(each));
  if (typeof value !== 'object' || value === null || key === 'example' || key === 'examples') return value;
  const members = Object.entries(value).map(([name, member]) => [name, closed(member, name)] as const);
  const result: Record<string, unknown> = Object.fromEntries(members);
  const isSchema = key !== 'properties' && typeof result['properties'] === 'object';
  if (isSchema && result['additionalProperties'] === undefined) result['unevaluatedProperties'] = false;
  return result;
}

/** The headers that a response was sent with, and its status. */
export function headOf(response: ServerResponse, written: Readonly<Record<string, unknown>>): Record<string, string> {
  const all = { ...response.getHeaders(), ...written };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
