import { parse, stringify } from 'lossless-json';

/** JSON text with line breaks and indents, every digit as it came; text that is no JSON stays as it is. */
export function indentJson(text: string): string {
  try {
    return stringify(parse(text), null, 2) ?? text;
  } catch {
    // It is shown as it was answered.
    return text;
  }
}
