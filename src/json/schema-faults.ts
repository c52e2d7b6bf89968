import type { z } from 'zod';

/** What a value has against it that a schema did not take, on one line: `scopes: expected array, received number`. */
export function faultsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${placeOf(path)}${textOf(message)}`).join('; ');
}

function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '';
  const names = path.map((part, at) =>
    typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`,
  );
  return `${names.join('')}: `;
}

/** Zod begins its texts with a capital letter, those of this project do not. */
function textOf(message: string): string {
  const text = message.replace(/^Invalid input: /, '');
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
