/** The texts between the commas outside of brackets and strings, without white space between tokens. */
export function splitJson(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const end = text[at] === '"' ? endOfString(text, at) : at + 1;
    const token = text.slice(at, end);
    at = end;
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    if (token === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += token.trim();
  }
  return part === '' ? [] : [...parts, part];
}

/** The members of an object: its keys, and the texts of their values without white space between tokens. */
export function membersOf(json: string): [key: string, text: string][] {
  return splitJson(json.trim().slice(1, -1)).map((pair) => {
    const end = endOfString(pair, 0);
    return [JSON.parse(pair.slice(0, end)) as string, pair.slice(end + 1)];
  });
}

/** The elements of an array, as texts without white space between tokens. */
export function elementsOf(json: string): string[] {
  return splitJson(json.trim().slice(1, -1));
}

/** Where the string that begins here ends. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
