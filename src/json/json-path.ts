import { excerpt } from './excerpt';

/** The JSON path of a member of an object; a long name is shortened. */
export function memberPath(parent: string, name: string): string {
  const shown = excerpt(name);
  return /^[A-Za-z_]\w*$/.test(shown) ? `${parent}.${shown}` : `${parent}[${JSON.stringify(shown)}]`;
}
