import { excerpt } from './excerpt';

/** The path of a member of an object, its name shortened when it is long. */
export function memberPath(parent: string, name: string): string {
  const shown = excerpt(name);
  return /^[A-Za-z_]\w*$/.test(shown) ? `${parent}.${shown}` : `${parent}[${JSON.stringify(shown)}]`;
}
