import { isLiteral } from './object-class';
import { isWellFormed } from './well-formed';

/** What is nested deeper is left to those who look out for circles. */
const DEEPEST = 64;

/**
 * Whether `JSON.stringify` writes all of a value as it is, so that nothing becomes `null` or `{}` or is left out. It is
 * one look at each value, and makes nothing: writing them takes many times as long.
 */
export function isPlain(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      return value === null || isPlainObject(value, depth);
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (depth === DEEPEST) return false;
  if (Array.isArray(value)) {
    if ('toJSON' in value) return false;
    for (let i = 0; i < value.length; i++) {
      if (!isPlain(value[i], depth + 1)) return false;
    }
    return true;
  }
  if (!isLiteral(value) && Object.prototype.toString.call(value) !== '[object Object]') return isValidDate(value);
  if ('toJSON' in value) return false;
  let empty = true;
  for (const key in value) {
    const property = (value as Readonly<Record<string, unknown>>)[key];
    // A property without a value is no property.
    if (property !== undefined && !(isWellFormed(key) && isPlain(property, depth + 1))) return false;
    empty = false;
  }
  return !empty || isLiteral(value);
}

function isValidDate(value: object): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
