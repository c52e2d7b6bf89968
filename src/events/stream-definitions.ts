import { type Problem, WriterHubError } from '../errors';
import { excerpt } from '../json/excerpt';
import { memberPath } from '../json/json-path';
import { parseJson } from '../json/json-text';
import {
  type Definition,
  type DefinitionKind,
  type Definitions,
  EVENT_LEVELS,
  type EventLevel,
} from '../store/contract/definitions';
import { ProblemList } from './problem-list';

type Member = string | number;

/** What a value of a property becomes, or why it cannot be one. */
type Check = (value: unknown) => { readonly kept: Member } | { readonly wrong: string };

const string: Check = (value) => {
  if (typeof value !== 'string') return { wrong: 'is not a string' };
  // It cannot be written as UTF-8 and would come back as another character.
  return /\p{Cs}/u.test(value) ? { wrong: 'holds half of a surrogate pair' } : { kept: value };
};

/** Quix's rule for ids: they are names in paths. */
const id: Check = (value) => {
  const checked = string(value);
  if ('wrong' in checked) return checked;
  if (checked.kept === '') return { wrong: 'is empty' };
  return /[/\\]/.test(String(value)) ? { wrong: `${shown(value)} holds a slash or a backslash` } : checked;
};

const custom: Check = (value) =>
  typeof value === 'string' ? string(value) : { wrong: 'is not a string; it may hold JSON text' };

/** A folder: one slash in front, none behind. */
const location: Check = (value) => {
  const checked = string(value);
  if ('wrong' in checked) return checked;
  return { kept: `/${String(checked.kept).replace(/^\/+|\/+$/g, '')}` };
};

const number: Check = (value) => {
  const given = typeof value === 'bigint' ? Number(value) : value;
  if (typeof given !== 'number') return { wrong: 'is not a number' };
  return Number.isFinite(given) ? { kept: given } : { wrong: 'is not a finite number' };
};

const level: Check = (value) => {
  const found = typeof value === 'string' ? levelNamed(value) : EVENT_LEVELS[Number(value)];
  if (found !== undefined && (typeof value === 'string' || Number.isInteger(value))) return { kept: found };
  return { wrong: `${shown(value)} is not a level: those are ${EVENT_LEVELS.join(', ')}, or 0 to 5` };
};

const COMMON = { id, name: string, description: string, location, customProperties: custom };

const CHECKS: Readonly<Record<DefinitionKind, Readonly<Record<string, Check>>>> = {
  parameters: { ...COMMON, minimumValue: number, maximumValue: number, unit: string, format: string },
  events: { ...COMMON, level },
};

/** Every accepted name: camelCase, and PascalCase as .NET clients send it. */
const ACCEPTED_NAMES = new Map(
  Object.values(CHECKS).flatMap((checks) =>
    Object.keys(checks).flatMap((name): [string, string][] => [
      [name, name],
      [name[0]!.toUpperCase() + name.slice(1), name],
    ]),
  ),
);

/** An array of objects of strings. */
const MOST_NESTED = 8;

/** How many times its compact form a text may be: white space and escapes. It is parsed in one go. */
const SPACED = 2;

/** The longest text that is parsed for definitions of at most `maxBytes`, in bytes. */
export function longestText(maxBytes: number): number {
  return SPACED * maxBytes;
}

/**
 * Checks definitions of the parameters or events of a stream, given as JSON text: an array of objects. A property that
 * is `null` counts as absent; an event without a level has `Information`. Throws `malformed_json`, and
 * `invalid_definitions` with up to 20 broken rules, or when their compact text takes more than `maxBytes`.
 */
export function parseDefinitions<Kind extends DefinitionKind>(
  kind: Kind,
  text: Buffer,
  maxBytes: number,
): Definitions[Kind] {
  if (text.length > longestText(maxBytes)) throw tooLong(text.length, maxBytes);
  const value = parseJson(text, MOST_NESTED);
  if (!Array.isArray(value)) throw invalid(`$: the definitions of ${kind} are not an array`);
  const problems = new ProblemList('invalid_definitions', 'definition');
  const checked: Definition[] = [];
  const known = new Map<string, number>();
  for (const [index, given] of value.entries()) {
    if (problems.full) break;
    const definition = checkOne(kind, given, (path, message) => {
      problems.add({ index, path, message });
    });
    if (definition === undefined) continue;
    const first = known.get(definition.id);
    if (first === undefined) known.set(definition.id, index);
    else problems.add(twice(index, definition.id, first));
    checked.push(definition);
  }
  problems.throwIfAny();
  const bytes = Buffer.byteLength(JSON.stringify(checked));
  if (bytes > maxBytes) throw tooLong(bytes, maxBytes);
  // Checked by the rules of this kind.
  return checked as unknown as Definitions[Kind];
}

/** A definition with the properties that it has, or nothing when it has no id or is no object. */
function checkOne(
  kind: DefinitionKind,
  given: unknown,
  complain: (path: string, message: string) => void,
): Definition | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    complain('$', 'is not an object');
    return undefined;
  }
  const checks = CHECKS[kind];
  const definition: Record<string, Member> = kind === 'events' ? { id: '', level: 'Information' } : { id: '' };
  const seen = new Set<string>();
  for (const [key, member] of Object.entries(given)) {
    const name = ACCEPTED_NAMES.get(key) ?? '';
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    const path = memberPath('$', key);
    if (check === undefined) {
      complain(path, `unknown property ${shown(key)}; definitions of ${kind} have ${Object.keys(checks).join(', ')}`);
    } else if (seen.has(name)) {
      complain(path, 'is given twice');
    } else if (member !== null && member !== undefined) {
      seen.add(name);
      const result = check(member);
      if ('wrong' in result) complain(path, result.wrong);
      else definition[name] = result.kept;
    }
  }
  if (!seen.has('id')) complain('$', 'has no id');
  const { minimumValue: least, maximumValue: most } = definition;
  if (typeof least === 'number' && typeof most === 'number' && least > most) {
    complain('$.minimumValue', `${least} is above the maximum, ${most}`);
  }
  return definition['id'] === '' ? undefined : (definition as unknown as Definition);
}

function levelNamed(name: string): EventLevel | undefined {
  return EVENT_LEVELS.find((known) => known.toLowerCase() === name.toLowerCase());
}

function twice(index: number, name: string, first: number): Problem {
  return { index, path: '$.id', message: `${shown(name)} is given twice, first in definition ${first}` };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(excerpt(value)) : excerpt(String(value));
}

function tooLong(bytes: number, maxBytes: number): WriterHubError {
  return invalid(`$: the definitions take ${bytes} bytes of JSON, more than ${maxBytes}`);
}

function invalid(message: string): WriterHubError {
  return new WriterHubError('invalid_definitions', message);
}
