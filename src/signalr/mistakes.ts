// What the sentences about mistakes are made of: mistakes that a compiler would find, in a program without types.

import { inspect } from 'node:util';

/** A value as a sentence names it. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `'${value.slice(0, 50)}'`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `the ${typeof value} ${inspect(value)}`;
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `an object of class ${name}` : 'an object';
}

/** Asks whether the nearest of some names was meant; nothing if none is near. */
export function didYouMean(given: string, names: Iterable<string>): string {
  // A third of the letters may be wrong, but not more than three.
  let least = Math.min(3, Math.floor(given.length / 3)) + 1;
  let found: string | undefined;
  for (const name of names) {
    const distance = distanceOf(given.slice(0, 100).toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    found = name;
  }
  return found === undefined ? '' : `; did you mean '${found}'?`;
}

/** How many letters are to be put in, taken out, replaced, or exchanged with their neighbour. */
function distanceOf(from: string, to: string): number {
  const lines = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const above = lines[row - 1]!;
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      line[column] = Math.min(line[column - 1]! + 1, above[column]! + 1, above[column - 1]! + same);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) line[column] = Math.min(line[column]!, lines[row - 2]![column - 2]! + 1);
    }
    lines.push(line);
  }
  return lines[from.length]![to.length]!;
}

/** @throws TypeError unless the value is an object whose properties all have one of some names, for a sentence. */
export function checkNames(where: string, value: unknown, names: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${where}: an object with ${names.join(', ')} is needed, not ${describe(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, names) || `; there are ${names.join(', ')}`;
    throw new TypeError(`${where}: '${name}' does not exist${hint}`);
  }
}

/** @throws TypeError unless the value is a name. */
export function checkName(where: string, what: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${where}: ${what} is a text, not ${describe(value)}`);
}

/** @throws TypeError unless the value is a list of names. */
export function checkNameList(where: string, what: string, value: unknown): void {
  if (!Array.isArray(value)) throw new TypeError(`${where}: a list of ${what} is needed, not ${describe(value)}`);
  for (const name of value) checkName(where, `each of the ${what}`, name);
}
