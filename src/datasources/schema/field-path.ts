import { schemaError } from './schema-error';

const PLAIN = /^[A-Za-z_][\w-]*$/;

/** One step of a path: `.key`, `['key']` or `["key"]`. */
const STEP = /\.([^.[\]'"`\s]+)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/sy;

/** A parsed JSON path. */
export interface FieldPath {
  /** The keys from the row to the field, outermost first. */
  readonly keys: readonly string[];
  /** Whether it ends in `[:]`, which means all elements of an array. */
  readonly elements: boolean;
}

/** Parses a JSON path such as `$.a.b`, `$.event-data`, `$['a b']`, `$.items[:]` or `$`. Throws `invalid_schema`. */
export function parsePath(text: string): FieldPath {
  if (!text.startsWith('$')) throw schemaError(`path ${JSON.stringify(text)} does not begin with $`);
  const elements = text.endsWith('[:]');
  const steps = elements ? text.slice(0, -3) : text;
  const keys: string[] = [];
  let at = 1;
  while (at < steps.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(steps);
    if (match === null) throw schemaError(`path ${JSON.stringify(text)}: ${pathFault(steps.slice(at))}`);
    keys.push(match[1] ?? match[2]?.replace(/\\(.)/gs, '$1') ?? unquote(match[3]!, text));
    at = STEP.lastIndex;
  }
  if (elements && keys.length === 0) throw schemaError(`path ${JSON.stringify(text)}: a row is not an array`);
  return { keys, elements };
}

/** The path of a field, such as `$.a.b`. It contains no backtick and no line break, whatever the keys. */
export function renderPath(keys: readonly string[]): string {
  const steps = keys.map((key) => (PLAIN.test(key) ? `.${key}` : `[${quote(key)}]`));
  return `$${steps.join('')}`;
}

function quote(key: string): string {
  return JSON.stringify(key).replaceAll('`', '\\u0060');
}

function unquote(key: string, path: string): string {
  try {
    return JSON.parse(`"${key}"`) as string;
  } catch {
    // `JSON.parse` throws for nothing else.
    throw schemaError(`path ${JSON.stringify(path)}: ["${key}"] is not a JSON string`);
  }
}

function pathFault(rest: string): string {
  if (rest.startsWith('[:]'))
    return 'a path into the elements of an array cannot be honoured; [:] stands only at its end';
  if (/^\[\d+\]/.test(rest)) return 'a path to one element of an array cannot be honoured';
  return `expected .key or ['key'] at ${JSON.stringify(rest.slice(0, 40))}`;
}
