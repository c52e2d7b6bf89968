/** ECMAScript 2024, which Node.js 20 has and the compiler's library for it has not. */
interface WellFormedText {
  isWellFormed(): boolean;
  toWellFormed(): string;
}

/** Whether a text has no lone surrogate, so that it can be written in UTF-8. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as WellFormedText).isWellFormed();
}

/** The text with U+FFFD for each lone surrogate. */
export function toWellFormed(text: string): string {
  return (text as unknown as WellFormedText).toWellFormed();
}

/** Whether a parsed JSON value has no lone surrogate in its texts and names. */
export function hasWellFormedTexts(value: unknown): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasWellFormedTexts);
  return Object.entries(value).every(([name, property]) => isWellFormed(name) && hasWellFormedTexts(property));
}
