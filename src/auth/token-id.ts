/** How a JWT begins, `{"` in base64url, and all that it may have behind that. */
const LIKE_A_TOKEN = /^eyJ[\w-]*(?:\.[\w-]*){0,2}$/;

/**
 * Why a text cannot be meant as the id of a token (`jti`); `undefined`: it can. Ids that others make have any form; but
 * what was mistyped or cut off would be revoked without effect, and look as if it were not accepted any more.
 */
export function tokenIdFault(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (/\s/.test(text)) return 'has white space in it';
  return LIKE_A_TOKEN.test(text) ? 'looks like a token, or the beginning of one' : undefined;
}
