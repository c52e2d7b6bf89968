import {
  COLUMN_MEMBERS,
  VALUE_KINDS,
  type ColumnKind,
  type SampleColumn,
  type ValueKind,
} from '../contract/parameter-store';

/** A package, taken apart. */
export interface PackageColumns {
  /** Nanoseconds, if the package has it. */
  readonly epoch: bigint | undefined;
  /** The epoch added. */
  readonly timestamps: BigInt64Array;
  /** By id: the texts of numbers, strings, base64. */
  readonly values: Readonly<Record<ValueKind, ReadonlyMap<string, SampleColumn>>>;
  readonly tags: ReadonlyMap<string, SampleColumn>;
}

/** Takes a package apart whose text has passed every check (`PackageBatch`); numbers stay texts. */
export function parsePackage(json: string): PackageColumns {
  return new PackageParser(json).parse();
}

/** The text of a package: the same values as it was sent with, digit by digit. */
export function renderPackage({ epoch, timestamps, values, tags }: PackageColumns): string {
  const zero = epoch ?? 0n;
  const members = epoch === undefined ? [] : [`"epoch":${epoch}`];
  members.push(`"timestamps":[${Array.from(timestamps, (timestamp) => String(timestamp - zero)).join(',')}]`);
  for (const kind of VALUE_KINDS) if (values[kind].size > 0) members.push(renderColumns(kind, values[kind]));
  if (tags.size > 0) members.push(renderColumns('tags', tags));
  return `{${members.join(',')}}`;
}

function renderColumns(kind: ColumnKind, columns: ReadonlyMap<string, SampleColumn>): string {
  const write = (value: string | null): string => (kind === 'numeric' ? String(value) : JSON.stringify(value));
  const texts = Array.from(columns, ([id, column]) => `${JSON.stringify(id)}:[${column.map(write).join(',')}]`);
  return `"${COLUMN_MEMBERS[kind]}":{${texts.join(',')}}`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

class PackageParser {
  #at = 0;
  readonly #json: string;

  constructor(json: string) {
    this.#json = json;
  }

  parse(): PackageColumns {
    const none = new Map<string, SampleColumn>();
    const found: Record<string, Map<string, SampleColumn>> = {};
    let epoch: bigint | undefined;
    let timestamps: string[] = [];
    this.#pass(1);
    while (this.#peek() !== CLOSE_OBJECT) {
      const name = this.#string();
      this.#pass(1);
      if (name === 'epoch') epoch = BigInt(this.#word());
      else if (name === 'timestamps') timestamps = this.#words();
      else found[name] = this.#columns(name === COLUMN_MEMBERS.numeric);
      this.#passComma();
    }
    const of = (kind: ColumnKind): Map<string, SampleColumn> => found[COLUMN_MEMBERS[kind]] ?? none;
    return {
      epoch,
      timestamps: toTimestamps(timestamps, epoch ?? 0n),
      values: { numeric: of('numeric'), string: of('string'), binary: of('binary') },
      tags: of('tags'),
    };
  }

  #columns(areNumbers: boolean): Map<string, SampleColumn> {
    const columns = new Map<string, SampleColumn>();
    this.#pass(1);
    while (this.#peek() !== CLOSE_OBJECT) {
      const id = this.#string();
      this.#pass(1);
      columns.set(id, areNumbers ? this.#words().map(orNull) : this.#strings());
      this.#passComma();
    }
    this.#at += 1;
    return columns;
  }

  /** The elements of an array of numbers and `null`, as they are written. */
  #words(): string[] {
    this.#peek();
    const end = this.#json.indexOf(']', this.#at);
    const text = this.#json.slice(this.#at + 1, end);
    this.#at = end + 1;
    const words = text.split(',');
    if (words.length === 1 && text.trim() === '') return [];
    return /\s/.test(text) ? words.map((word) => word.trim()) : words;
  }

  #strings(): (string | null)[] {
    const strings: (string | null)[] = [];
    this.#pass(1);
    while (this.#peek() !== CLOSE_ARRAY) {
      strings.push(this.#json.charCodeAt(this.#at) === QUOTE ? this.#string() : orNull(this.#word()));
      this.#passComma();
    }
    this.#at += 1;
    return strings;
  }

  #string(): string {
    this.#peek();
    const start = this.#at;
    let end = this.#json.indexOf('"', start + 1);
    while (this.#isEscaped(end)) end = this.#json.indexOf('"', end + 1);
    this.#at = end + 1;
    const text = this.#json.slice(start + 1, end);
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }

  /** Whether an odd number of backslashes stands before an offset. */
  #isEscaped(offset: number): boolean {
    let start = offset;
    while (this.#json.charCodeAt(start - 1) === BACKSLASH) start -= 1;
    return (offset - start) % 2 === 1;
  }

  /** A number, or `null`. */
  #word(): string {
    this.#peek();
    const start = this.#at;
    while (!',]} \n\r\t'.includes(this.#json[this.#at]!)) this.#at += 1;
    return this.#json.slice(start, this.#at);
  }

  /** The next character that is not white space. */
  #peek(): number {
    while (this.#json.charCodeAt(this.#at) <= SPACE) this.#at += 1;
    return this.#json.charCodeAt(this.#at);
  }

  #pass(count: number): void {
    this.#peek();
    this.#at += count;
  }

  #passComma(): void {
    this.#peek();
    if (this.#json[this.#at] === ',') this.#at += 1;
  }
}

function orNull(word: string): string | null {
  return word === 'null' ? null : word;
}

function toTimestamps(words: readonly string[], epoch: bigint): BigInt64Array {
  return BigInt64Array.from(words, (word) => BigInt(word) + epoch);
}
