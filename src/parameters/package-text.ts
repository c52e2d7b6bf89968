import { JSON_BYTES } from '../json/json-bytes';
import { JsonCursor } from '../json/json-cursor';
import { COLUMN_MEMBERS, VALUE_KINDS, type ValueKind } from '../store/contract/parameter-store';

const { CLOSE_OBJECT, COMMA } = JSON_BYTES;

/** Arrays in objects in an object. */
const DEPTH = 3;

/** The values of one kind under one id. */
export interface PackageColumn {
  readonly kind: ValueKind;
  readonly id: string;
  /** Where the id in its quotes begins in the text, and where the array behind it ends. */
  readonly start: number;
  readonly end: number;
}

/** What a package is made of, besides its columns: JSON texts. */
interface PackageParts {
  readonly epoch: string;
  /** An array. */
  readonly timestamps: string;
  /** An object. */
  readonly tags: string;
  readonly columns: readonly PackageColumn[];
}

/**
 * A package of parameter data, cut apart by its members and columns. No value is made of the text in between, so that
 * numbers keep their digits, strings and base64 their form. No part of it has a line break.
 */
export class PackageText {
  readonly #text: Buffer;
  readonly #parts: PackageParts;

  private constructor(text: Buffer, parts: PackageParts) {
    this.#text = text;
    this.#parts = parts;
  }

  /** Reads the text of a `PackageBatch` or a `StoredPackage`. */
  static read(json: string): PackageText {
    // In JSON text a line break can only stand between tokens.
    const text = Buffer.from(json.replace(/[\r\n]+/g, ' '));
    return new PackageText(text, new PackageCutter(text, DEPTH).parts());
  }

  /** An integer; `0` where there is none. */
  get epoch(): string {
    return this.#parts.epoch;
  }

  /** An array of integers. */
  get timestamps(): string {
    return this.#parts.timestamps;
  }

  /** An object of arrays. */
  get tagValues(): string {
    return this.#parts.tags;
  }

  get columns(): readonly PackageColumn[] {
    return this.#parts.columns;
  }

  /** The columns of a kind: an object of arrays. */
  valuesOf(kind: ValueKind): string {
    const texts: string[] = [];
    for (const column of this.columns) {
      if (column.kind === kind) texts.push(this.#text.toString('utf8', column.start, column.end));
    }
    return `{${texts.join(',')}}`;
  }

  /** The same package with some of its columns. */
  with(columns: readonly PackageColumn[]): PackageText {
    return new PackageText(this.#text, { ...this.#parts, columns });
  }
}

/** What is known of a package while its members are found. */
type Found = { -readonly [Part in keyof Omit<PackageParts, 'columns'>]: string } & {
  readonly columns: PackageColumn[];
};

const KINDS: ReadonlyMap<string, ValueKind> = new Map(VALUE_KINDS.map((kind) => [COLUMN_MEMBERS[kind], kind]));

const OTHERS: ReadonlyMap<string, keyof Omit<PackageParts, 'columns'>> = new Map([
  ['epoch', 'epoch'],
  ['timestamps', 'timestamps'],
  [COLUMN_MEMBERS.tags, 'tags'],
] as const);

class PackageCutter extends JsonCursor {
  parts(): PackageParts {
    const found: Found = { epoch: '0', timestamps: '[]', tags: '{}', columns: [] };
    this.#members(this.firstValue(), 1, (keyStart, keyEnd, value) => {
      const name = this.text.toString('utf8', keyStart + 1, keyEnd - 1);
      const kind = KINDS.get(name);
      if (kind !== undefined) return this.#columns(value, kind, found.columns);
      const end = this.skipValue(value, 1);
      const part = OTHERS.get(name);
      if (part !== undefined) found[part] = this.text.toString('utf8', value, end);
      return end;
    });
    return found;
  }

  #columns(start: number, kind: ValueKind, columns: PackageColumn[]): number {
    return this.#members(start, 2, (keyStart, keyEnd, value) => {
      const end = this.skipValue(value, 2);
      columns.push({ kind, id: this.decode(keyStart, keyEnd), start: keyStart, end });
      return end;
    });
  }

  /** Walks an object; `read` gets where a key and its value are, and returns the offset behind the value. */
  #members(start: number, depth: number, read: (keyStart: number, keyEnd: number, value: number) => number): number {
    let at = this.skipBracket(start, depth);
    while (this.text[at] !== CLOSE_OBJECT) {
      const keyEnd = this.skipString(at);
      const end = read(at, keyEnd, this.skipColon(keyEnd));
      at = this.skipToSeparator(end, CLOSE_OBJECT);
      if (this.text[at] === COMMA) at = this.skipSpace(at + 1);
    }
    return at + 1;
  }
}
