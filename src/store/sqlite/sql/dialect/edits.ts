import type { Place } from './nodes';

/**
 * Changes of a text by places. What is put around a node goes around what was put around the nodes inside it: those are
 * changed first.
 */
export class Edits {
  readonly #before = new Map<number, string[]>();
  readonly #after = new Map<number, string[]>();
  readonly #replaced = new Map<number, { readonly end: number; readonly text: string }>();

  constructor(readonly text: string) {}

  /** Changes of the same text that nobody will see. */
  copy(): Edits {
    return new Edits(this.text);
  }

  /** The text as it was written. */
  slice({ start, end }: Place): string {
    return this.text.slice(start, end);
  }

  wrap({ start, end }: Place, before: string, after: string): void {
    this.#before.set(start, [before, ...(this.#before.get(start) ?? [])]);
    this.append(end, after);
  }

  append(position: number, text: string): void {
    this.#after.set(position, [...(this.#after.get(position) ?? []), text]);
  }

  replace({ start, end }: Place, text: string): void {
    this.#replaced.set(start, { end, text });
  }

  /** Whether anything inside was changed. */
  touches({ start, end }: Place): boolean {
    const inside = (positions: Iterable<number>, from: number, to: number): boolean =>
      [...positions].some((position) => position >= from && position < to);
    return (
      inside(this.#before.keys(), start, end) ||
      inside(this.#replaced.keys(), start, end) ||
      inside(this.#after.keys(), start + 1, end + 1)
    );
  }

  /** The changed text. */
  apply(): string {
    const positions = new Set([...this.#before.keys(), ...this.#after.keys(), ...this.#replaced.keys()]);
    if (positions.size === 0) return this.text;
    let result = '';
    let at = 0;
    for (const position of [...positions].sort((a, b) => a - b)) {
      result += this.text.slice(at, position);
      at = Math.max(at, position);
      result += [...(this.#after.get(position) ?? []), ...(this.#before.get(position) ?? [])].join('');
      const replaced = this.#replaced.get(position);
      if (replaced === undefined) continue;
      result += replaced.text;
      at = replaced.end;
    }
    return result + this.text.slice(at);
  }
}

export function stringLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
