const MOST_BYTES = 255;

/** Why a text cannot name a topic, in the server's words, before anything is sent; `undefined`: it can. */
export function whyNoTopicName(name: string): string | undefined {
  if (name === '') return 'the topic name is empty';
  if (new TextEncoder().encode(name).length > MOST_BYTES) {
    return `the topic name is longer than ${MOST_BYTES} bytes of UTF-8`;
  }
  const [forbidden] = /[/\\\p{Cc}\p{Cs}]/u.exec(name) ?? [];
  if (forbidden !== undefined) return `the topic name holds ${inWords(forbidden)}`;
  if (name === '.' || name === '..') return `the topic name is ${name}, which means a directory in a path`;
  return undefined;
}

function inWords(character: string): string {
  if (character === '/') return 'a slash';
  if (character === '\\') return 'a backslash';
  const code = character.charCodeAt(0);
  if (code >= 0xd800) return 'half of a surrogate pair';
  return `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
