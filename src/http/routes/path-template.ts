/** A parameter of a path template such as `/topics/{topic}/streams`. */
const PARAMETER = /\{(\w+)\}/g;

/** The names of a template's parameters, in order. */
export function pathParameters(template: string): string[] {
  return [...template.matchAll(PARAMETER)].map(([, name]) => name!);
}

/** What every path of a template begins with. */
export function literalPrefix(template: string): string {
  return template.split('{', 1)[0]!;
}

/**
 * Matches the paths of a template, with a named group for each parameter, which may be empty. A lenient one matches in
 * any case and with a slash at the end too.
 */
export function pathPattern(template: string, lenient = false): RegExp {
  const source = template
    .split(PARAMETER)
    .map((part, index) => (index % 2 === 0 ? part.replace(/[.*+?^$()[\]\\|]/g, '\\$&') : `(?<${part}>[^/]*)`))
    .join('');
  return lenient ? new RegExp(`^${source}/?$`, 'i') : new RegExp(`^${source}$`);
}
