/** The token in what somebody pasted or a link has: alone, behind `Bearer`, or in the link that the server prints. */
export function givenToken(text: string): string {
  const [, linked] = /#token=([^&\s]*)/.exec(text) ?? [];
  const token = linked === undefined ? text : decoded(linked);
  return token.trim().replace(/^(?:Authorization:\s*)?Bearer\s+/i, '');
}

/** `%20` and the like, where they are well-formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not escaped: taken as it is, and refused by the server if it is no token.
    return text;
  }
}

/** Why a text cannot be a token, as no request could carry it; `undefined`: it may be one. */
export function whyNoToken(token: string): string | undefined {
  if (token === '') return 'there is none in it: paste a token';
  const [wrong] = /[^\x21-\x7e]/u.exec(token) ?? [];
  return wrong === undefined ? undefined : `this is no token: there is ${named(wrong)} in it`;
}

function named(sign: string): string {
  if (sign === '\n' || sign === '\r') return 'a line end';
  if (/\s/.test(sign)) return 'a blank';
  const code = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(sign) ? `the character ${sign} (U+${code})` : `the character U+${code}`;
}
