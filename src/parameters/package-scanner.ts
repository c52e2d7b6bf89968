import type { EarlyTimestamps } from '../events/early-timestamps';
import { JSON_BYTES } from '../json/json-bytes';
import { kindOf } from '../json/json-kind';
import { memberPath } from '../json/json-path';
import { remedyForString } from '../json/json-remedy';
import { ObjectKeys } from '../json/object-keys';
import type { PackageBatch } from '../store/contract/parameter-store';
import { earlyFault, earlyOf, isBeyondInt64, isEarly, mayBeEarly, oddTimes } from './absolute-times';
import type { ColumnType } from './column-cursor';
import type { PackageLimits } from './package-cursor';
import { type ColumnMember, KINDS, memberAt, memberNamed, type PackageMember } from './package-members';
import { ShapeHash } from './shape-hash';
import { TimestampCursor } from './timestamp-cursor';

const { LETTER_N, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** How deep the columns of a member are nested. */
const COLUMNS_DEPTH = 2;

/** The most bytes of UTF-8 that an id, or the name of a tag, may have. */
const LONGEST_ID = 255;

const TYPES: Readonly<Record<ColumnMember, ColumnType>> = {
  numericValues: 'number',
  stringValues: 'string',
  binaryValues: 'base64',
  tagValues: 'string',
};

/** A package, and what was noticed in it. */
export interface ScannedPackage extends PackageBatch {
  readonly early?: EarlyTimestamps;
}

/** A column that came before the timestamps. */
interface UncomparedColumn {
  readonly path: string;
  readonly count: number;
}

/**
 * Checks every rule of a package of parameter data in one pass over its text, which is one object. Returns the
 * canonical text that a store takes, which may share the memory of `text`, or `undefined` for a package without
 * timestamps. Throws `malformed_json` when the text is not JSON, otherwise `invalid_parameters` when the package breaks
 * a rule.
 */
export function scanPackage(text: Uint8Array, limits: PackageLimits): ScannedPackage | undefined {
  return new PackageScanner(text, limits).scan();
}

class PackageScanner extends TimestampCursor {
  readonly #keys = new ObjectKeys(this.text);
  readonly #shape = new ShapeHash(this.limits.shapeSeed);
  readonly #seen = new Set<PackageMember>();
  readonly #uncompared: UncomparedColumn[] = [];
  #parameters = 0;
  #tags = 0;
  #samples = 0;
  #hasEpoch = false;
  #hasTimestamps = false;
  /** `undefined`: they have not come yet, or are not an array. */
  #timestamps: { readonly count: number; readonly start: number; readonly end: number } | undefined;
  /** Whether the canonical text leaves out the last member. */
  #dropped = false;

  scan(): ScannedPackage | undefined {
    this.checkUtf8();
    const start = this.firstValue();
    this.edits.begin(start);
    if (this.text[start] !== OPEN_OBJECT) {
      const end = this.skipValue(start, 0);
      this.refuse(`is ${kindOf(this.text[start]!)}, not a package${remedyForString(this.text, start)}`);
      this.checkEnd(end);
      this.throwIfProblems();
    }
    const first = this.skipBracket(start, 1);
    const end = this.text[first] === CLOSE_OBJECT ? first + 1 : this.#scanMembers(first);
    this.enterMember(undefined);
    this.checkEnd(end);
    return this.#package(end);
  }

  #package(end: number): ScannedPackage | undefined {
    const timestamps = this.#timestamps;
    if (!this.#hasTimestamps) this.report('$.timestamps', 'timestamps is missing');
    if (timestamps !== undefined) for (const column of this.#uncompared) this.#compare(column, timestamps.count);
    this.throwIfProblems();
    if (timestamps === undefined || timestamps.count === 0) return undefined;
    const epoch = this.#hasEpoch ? this.epochRange.min : 0n;
    if (this.firstTime !== undefined && epoch !== 0n) this.#refuseEpoch(this.firstTime);
    const minTimestamp = this.timestampRange.min + epoch;
    const maxTimestamp = this.timestampRange.max + epoch;
    const early = this.#checkTimes(epoch, minTimestamp, maxTimestamp);
    const { count } = timestamps;
    const shape = this.#shape.value;
    const batch = { json: this.edits.end(end), count, samples: this.#samples, minTimestamp, maxTimestamp, shape };
    return early === undefined ? batch : { ...batch, early };
  }

  #refuseEpoch(index: number): void {
    this.enterMember('timestamps');
    this.element = index;
    this.refuse('is ISO 8601, a time by itself: leave out the epoch, or send nanoseconds that it is added to');
    this.throwIfProblems();
  }

  /** Refuses times that are out of int64 when the epoch is added, and early ones where that is asked for. */
  #checkTimes(epoch: bigint, least: bigint, greatest: bigint): EarlyTimestamps | undefined {
    const mayMisfit = isBeyondInt64(least) || isBeyondInt64(greatest);
    if (!mayMisfit && !mayBeEarly(least, greatest)) return undefined;
    const { start, end } = this.#timestamps!;
    const text = this.text.toString('latin1', start, end);
    this.enterMember('timestamps');
    for (const { index, time } of mayMisfit ? oddTimes(text, epoch, isBeyondInt64) : []) {
      this.element = index;
      this.refuse(`is ${String(time)} with the epoch, out of int64`);
      if (this.hasEnoughProblems) break;
    }
    this.throwIfProblems();
    if (this.limits.strict !== true) return earlyOf(oddTimes(text, epoch, isEarly));
    for (const early of oddTimes(text, epoch, isEarly)) {
      this.element = early.index;
      this.refuse(earlyFault(early, epoch));
      if (this.hasEnoughProblems) break;
    }
    this.throwIfProblems();
    return undefined;
  }

  #scanMembers(first: number): number {
    let start = first;
    let comma = first;
    let kept = false;
    for (;;) {
      const end = this.#scanMember(start);
      const separator = this.skipToSeparator(end, CLOSE_OBJECT);
      const last = this.text[separator] === CLOSE_OBJECT;
      // A dropped member takes the comma before it along or, while nothing has been kept yet, the one behind it.
      if (!this.#dropped) kept = true;
      else if (kept) this.edits.cut(comma, end);
      else if (!last) this.edits.cut(start, separator + 1);
      if (last) return separator + 1;
      comma = separator;
      start = this.skipSpace(separator + 1);
    }
  }

  #scanMember(start: number): number {
    this.enterMember(undefined);
    this.#dropped = false;
    const keyEnd = this.skipString(start);
    const plain = memberAt(this.text, start + 1, keyEnd - 1);
    const name = plain ?? this.decode(start, keyEnd);
    const member = plain ?? memberNamed(name);
    const at = this.skipColon(keyEnd);
    this.enterMember(member);
    if (member === undefined || this.#seen.has(member)) {
      this.refuseMember(member ?? name);
      return this.skipValue(at, 1);
    }
    this.#seen.add(member);
    if (this.text[at] === LETTER_N) {
      this.#dropped = true;
      return this.skipWord(at, 'null');
    }
    if (plain === undefined) this.edits.replace(start + 1, keyEnd - 1, member);
    return this.hasEnoughProblems ? this.skipValue(at, 1) : this.#scanValue(member, at);
  }

  #scanValue(member: PackageMember, at: number): number {
    if (member === 'epoch') {
      this.#hasEpoch = true;
      return this.scanEpoch(at);
    }
    if (member !== 'timestamps') return this.#scanColumns(member, at);
    this.#hasTimestamps = true;
    if (!this.isArray(at)) return this.skipValue(at, 1);
    const end = this.scanTimestamps(at);
    this.#timestamps = { count: this.count, start: at, end };
    return end;
  }

  #scanColumns(member: ColumnMember, start: number): number {
    if (this.text[start] !== OPEN_OBJECT) {
      this.refuse(`is ${kindOf(this.text[start]!)}, not an object of arrays`);
      return this.skipValue(start, 1);
    }
    this.#keys.clear();
    let at = this.skipBracket(start, COLUMNS_DEPTH);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      const end = this.#scanNamed(member, at);
      this.leaveColumn();
      at = this.skipToSeparator(end, CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  /** Reads a column and its id. */
  #scanNamed(member: ColumnMember, start: number): number {
    const keyEnd = this.skipString(start);
    this.enterColumn(start, keyEnd);
    const isWithin = this.#isWithinLimits(member);
    if (isWithin) this.#checkId(member, start, keyEnd);
    const at = this.skipColon(keyEnd);
    if (!isWithin || this.hasEnoughProblems || !this.isArray(at)) return this.skipValue(at, COLUMNS_DEPTH);
    const end = this.scanColumn(at, TYPES[member]);
    if (KINDS[member] !== undefined) this.#samples += this.count - this.nulls;
    const known = this.#timestamps;
    // What is missing or malformed is told by itself.
    if (known === undefined || known.count !== this.count) this.#noteLength(member, start, keyEnd);
    return end;
  }

  /** Counts an id or tag. Those beyond the limit are told once. */
  #isWithinLimits(member: ColumnMember): boolean {
    const { maxParameters, maxTags } = this.limits;
    if (member === 'tagValues') {
      this.#tags++;
      if (this.#tags === maxTags + 1) this.report('$.tagValues', `the package has more than ${maxTags} tags`);
      return this.#tags <= maxTags;
    }
    this.#parameters++;
    if (this.#parameters === maxParameters + 1) {
      this.report(`$.${member}`, `the package has more than ${maxParameters} parameters`);
    }
    return this.#parameters <= maxParameters;
  }

  #checkId(member: ColumnMember, start: number, keyEnd: number): void {
    const noun = member === 'tagValues' ? 'name' : 'id';
    const bytes = this.escaped ? Buffer.from(this.decode(start, keyEnd)) : this.text;
    const first = this.escaped ? 0 : start + 1;
    const last = this.escaped ? bytes.length : keyEnd - 1;
    if (this.loneSurrogate) this.refuse(`has half of a surrogate pair in its ${noun}`);
    else if (first === last) this.refuse(`has an empty ${noun}`);
    else if (last - first > LONGEST_ID) this.refuse(`has ${an(noun)} of more than ${LONGEST_ID} bytes of UTF-8`);
    else if (!this.#keys.add(start, keyEnd, this.escaped)) this.refuse('is given twice');
    const kind = KINDS[member];
    if (kind !== undefined) this.#shape.add(kind, bytes, first, last);
  }

  #noteLength(member: ColumnMember, start: number, keyEnd: number): void {
    if (this.hasEnoughProblems) return;
    const column = { path: memberPath(member, this.decode(start, keyEnd)), count: this.count };
    if (this.#timestamps === undefined) this.#uncompared.push(column);
    else this.#compare(column, this.#timestamps.count);
  }

  #compare({ path, count }: UncomparedColumn, timestamps: number): void {
    if (count === timestamps) return;
    this.report(`$.${path}`, `${path} has ${counted(count, 'value')} for ${counted(timestamps, 'timestamp')}`);
  }
}

function an(noun: 'name' | 'id'): string {
  return noun === 'id' ? 'an id' : 'a name';
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
