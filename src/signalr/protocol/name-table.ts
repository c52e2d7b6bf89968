interface NameEntry<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

/** A fixed set of names that can be looked up by their bytes, without creating a string. */
export class NameTable<T> {
  readonly #byLength: NameEntry<T>[][] = [];

  constructor(names: Iterable<readonly [name: string, value: T]>) {
    for (const [name, value] of names) {
      const bytes = Buffer.from(name);
      (this.#byLength[bytes.length] ??= []).push({ bytes, value });
    }
  }

  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) {
      if (equal(candidate.bytes, bytes, start)) return candidate.value;
    }
    return undefined;
  }
}

function equal(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) {
    if (name[i] !== bytes[start + i]) return false;
  }
  return true;
}
