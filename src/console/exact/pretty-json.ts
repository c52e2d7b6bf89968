/** A text in quotes, a bracket, a comma, a colon, or whatever stands between them. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

const INDENT = '  ';

/**
 * JSON text with a line for each member. Every token stays as it was sent: digits of numbers, escapes, names that come
 * twice, the order of names. Undefined if it is no JSON.
 */
export function prettyJson(text: string): string | undefined {
  if (!isJson(text)) return undefined;
  const tokens = text.match(TOKENS) ?? [];
  let pretty = '';
  let depth = 0;
  const line = (): string => `\n${INDENT.repeat(depth)}`;
  tokens.forEach((token, index) => {
    const isEmpty = tokens[index + 1] === (token === '{' ? '}' : ']');
    if (token === '{' || token === '[') {
      depth += 1;
      pretty += isEmpty ? token : token + line();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      const before = tokens[index - 1];
      pretty += before === '{' || before === '[' ? token : line() + token;
    } else if (token === ',') pretty += token + line();
    else pretty += token === ':' ? ': ' : token;
  });
  return pretty;
}

/** Whether a text is an object or an array, so that it gains by lines of its own. */
export function isJsonContainer(text: string): boolean {
  return /^\s*[[{]/.test(text) && isJson(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Most values are plain text.
    return false;
  }
}
