import { type EarlyTimestamps, looksLike, type ScannedBatch } from './early-timestamps';
import { EVENT_PROPERTIES, propertyAt, propertyNamed, PROPERTY_NAMES } from './event-properties';
import { excerpt, excerptBytes } from '../json/excerpt';
import { JSON_BYTES } from '../json/json-bytes';
import { JsonCursor } from '../json/json-cursor';
import { isoTimeDigits } from './iso-time';
import { kindOf } from '../json/json-kind';
import { memberPath } from '../json/json-path';
import { remedyForString } from '../json/json-remedy';
import { ObjectKeys } from '../json/object-keys';
import { ProblemList } from './problem-list';
import { TextCuts } from '../json/text-cuts';
import { TextEdits } from '../json/text-edits';
import { isIntegerText, isMinusZero, TimestampRange, USUAL_DIGITS } from './timestamps';

const { SPACE, QUOTE, COMMA, MINUS, ZERO, NINE, LETTER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;
const { UNKNOWN, ID, TIMESTAMP, VALUE, TAGS } = EVENT_PROPERTIES;

/** The length of each key without escapes, quotes included, by the bit of its property. */
const KEY_LENGTHS = Array.from({ length: TAGS + 1 }, (_, property) => (PROPERTY_NAMES[property]?.length ?? 0) + 2);

/** The length of the longest key when every character is written as an escape. */
const LONGEST_KEY = '"'.length + 'timestamp'.length * '\\u0074'.length + '"'.length;

/** In a text that is longer than this, places are noted at which a store may divide it. */
const UNDIVIDED = 256 * 1024;

/** The limits on the text of a batch. */
export interface ScanLimits {
  /** The deepest nesting of arrays and objects, counting the array of the events. */
  readonly maxDepth: number;
  /** The most tags that one event may have. */
  readonly maxTags: number;
  /** Whether a timestamp that lies in January 1970 is refused: it seems to be in another unit than nanoseconds. */
  readonly strict?: boolean;
}

/**
 * Checks every rule of an event batch in one pass over its text, which is an array of events, one bare event, or a
 * sequence of both with record separators in between (RFC 8142). Returns the canonical text that a store takes, which
 * may share the memory of `text`, or `undefined` when there are no events. Throws `malformed_json` when the text is not
 * JSON, otherwise `invalid_events` when an event breaks a rule.
 */
export function scanEvents(text: Uint8Array, limits: ScanLimits): ScannedBatch | undefined {
  return new EventScanner(text, limits).scan();
}

/** One scan. Like `skip…` methods, `scan…` ones take the offset of what they read and return the offset behind it. */
class EventScanner extends JsonCursor {
  readonly #timestamps = new TimestampRange();
  readonly #edits: TextEdits;
  readonly #cuts: TextCuts | undefined;
  #tagKeys: ObjectKeys | undefined;
  #problems: ProblemList | undefined;
  /** Of the current event: its index, the nesting depth of its members, and the properties it has so far. */
  #index = 0;
  #depth = 1;
  /** Where the last event of the records so far ends; 0: there is none yet. */
  #end = 0;
  #seen = 0;
  /** Of the last key: the property it names, and whether the canonical text writes it differently. */
  #property: number = UNKNOWN;
  #renamed = false;
  /** Whether the canonical text leaves out the last member. */
  #dropped = false;
  #early: EarlyTimestamps | undefined;
  readonly #limits: ScanLimits;

  protected override get several(): string {
    return 'put the objects into an array, with commas between them, or a record separator in front of each';
  }

  constructor(text: Uint8Array, limits: ScanLimits) {
    super(text, limits.maxDepth);
    this.#limits = limits;
    this.#edits = new TextEdits(this.text);
    this.#cuts = text.length > UNDIVIDED ? new TextCuts() : undefined;
  }

  scan(): ScannedBatch | undefined {
    this.checkUtf8();
    for (let at = this.firstValue(); at < this.text.length;) {
      const end = this.text[at] === OPEN_ARRAY ? this.#scanArray(at) : this.#scanBare(at);
      at = end === this.text.length ? end : this.skipToRecord(end);
    }
    return this.#end === 0 ? undefined : this.#batch(this.#end);
  }

  #scanBare(start: number): number {
    this.#depth = 1;
    this.#beginRecord(start);
    if (this.text[start] !== OPEN_OBJECT) this.#reportKind('the text', start, 'an array of events');
    this.#end = this.text[start] === OPEN_OBJECT ? this.#scanElement(start) : this.skipValue(start, 0);
    return this.#end;
  }

  #scanArray(start: number): number {
    this.#depth = 2;
    let at = this.skipBracket(start, 1);
    if (this.text[at] === CLOSE_ARRAY) return at + 1;
    this.#beginRecord(at);
    for (;;) {
      const end = this.#scanElement(at);
      at = this.skipToSeparator(end, CLOSE_ARRAY);
      if (this.text[at] === CLOSE_ARRAY) {
        this.#end = end;
        return at + 1;
      }
      this.#index++;
      if (this.#cuts !== undefined) this.#cuts.pass(this.#edits.resultOffset(at), this.#index);
      at = this.skipSpace(at + 1);
    }
  }

  /** Behind the events of another record a comma stands in the canonical text for what separates the two. */
  #beginRecord(at: number): void {
    if (this.#end === 0) {
      this.#edits.begin(at);
      return;
    }
    this.#index++;
    this.#edits.replace(this.#end, at, ',');
    this.#cuts?.pass(this.#edits.resultOffset(at) - 1, this.#index);
  }

  #batch(end: number): ScannedBatch {
    this.#problems?.throwIfAny();
    const minTimestamp = this.#timestamps.min;
    // A batch of one event is the most frequent, and making a BigInt takes a tenth of its time.
    const maxTimestamp = this.#index === 0 ? minTimestamp : this.#timestamps.max;
    const batch = { json: this.#edits.end(end), count: this.#index + 1, minTimestamp, maxTimestamp };
    if (this.#cuts === undefined && this.#early === undefined) return batch;
    return { ...batch, ...this.#cuts?.noted, ...(this.#early && { early: this.#early }) };
  }

  #scanElement(at: number): number {
    // Once enough problems have been found, only the syntax of the rest matters.
    if (this.#hasEnoughProblems) return this.skipValue(at, this.#depth - 1);
    const byte = this.text[at]!;
    if (byte === OPEN_OBJECT) return this.#scanEvent(at);
    this.#reportKind('the event', at, 'an object');
    return this.skipValue(at, this.#depth - 1);
  }

  #scanEvent(start: number): number {
    this.#seen = 0;
    const first = this.skipBracket(start, this.#depth);
    const end = this.text[first] === CLOSE_OBJECT ? first + 1 : this.#scanMembers(first);
    if ((this.#seen & ID) === 0) this.#report('$.id', 'id is missing');
    if ((this.#seen & TIMESTAMP) === 0) this.#report('$.timestamp', 'timestamp is missing');
    return end;
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
      else if (kept) this.#edits.cut(comma, end);
      else if (!last) this.#edits.cut(start, separator + 1);
      if (last) return separator + 1;
      comma = separator;
      start = this.skipSpace(separator + 1);
    }
  }

  #scanMember(start: number): number {
    const keyEnd = this.#scanKey(start);
    const at = this.skipColon(keyEnd);
    const property = this.#property;
    this.#dropped = false;
    if (property === UNKNOWN || (this.#seen & property) !== 0) {
      this.#refuseMember(start, keyEnd);
      return this.skipValue(at, this.#depth);
    }
    this.#seen |= property;
    if (this.text[at] === LETTER_N && (property === VALUE || property === TAGS)) {
      this.#dropped = true;
      return this.skipWord(at, 'null');
    }
    if (this.#renamed) this.#edits.replace(start + 1, keyEnd - 1, PROPERTY_NAMES[property]!);
    if (property === TIMESTAMP) return this.#scanTimestamp(at);
    return property === TAGS ? this.#scanTags(at) : this.#scanText(at);
  }

  #scanKey(start: number): number {
    const property = propertyAt(this.text, start);
    if (property === UNKNOWN) return this.#scanAnyKey(start);
    this.#property = property;
    this.#renamed = this.text[start + 1]! < 0x60;
    return start + KEY_LENGTHS[property]!;
  }

  #scanAnyKey(start: number): number {
    const end = this.skipString(start);
    // Without escapes, a known key would have been recognised by its bytes.
    const known = this.escaped && end - start <= LONGEST_KEY;
    this.#property = known ? propertyNamed(this.decode(start, end)) : UNKNOWN;
    this.#renamed = true;
    return end;
  }

  #refuseMember(start: number, keyEnd: number): void {
    if (this.#hasEnoughProblems) return;
    const known = PROPERTY_NAMES[this.#property];
    const name = known ?? this.decode(start, keyEnd);
    const unknown = `unknown property ${JSON.stringify(excerpt(name))}; an event has id, timestamp, value and tags`;
    this.#report(memberPath('$', name), known === undefined ? unknown : `${known} is given twice`);
  }

  /** Reads the value of `id` or `value`. */
  #scanText(at: number): number {
    const name = PROPERTY_NAMES[this.#property]!;
    if (this.text[at] !== QUOTE) {
      this.#report(`$.${name}`, `${name} is ${kindOf(this.text[at]!)}, not a string`);
      return this.skipValue(at, this.#depth);
    }
    const end = this.skipString(at);
    if (this.loneSurrogate) this.#report(`$.${name}`, `${name} holds half of a surrogate pair`);
    return end;
  }

  #scanTimestamp(at: number): number {
    const end = at + USUAL_DIGITS;
    const usual = end < this.text.length && endsNumber(this.text[end]!) && this.#timestamps.addUsual(this.text, at);
    return usual ? end : this.#scanAnyTimestamp(at);
  }

  #scanAnyTimestamp(start: number): number {
    const byte = this.text[start]!;
    if (byte === QUOTE) {
      const end = this.skipString(start);
      this.#acceptString(start, end);
      return end;
    }
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const end = this.skipNumber(start);
      this.#acceptNumber(start, end);
      return end;
    }
    this.#report('$.timestamp', `timestamp is ${kindOf(byte)}, not an integer of nanoseconds`);
    return this.skipValue(start, this.#depth);
  }

  #acceptNumber(start: number, end: number): void {
    if (this.exponent) this.#refuseTimestamp(start, end, 'has an exponent; write all digits of the nanoseconds');
    else if (this.fraction) this.#refuseTimestamp(start, end, 'is not an integer of nanoseconds');
    else if (!this.#timestamps.add(this.text, start, end)) this.#refuseTimestamp(start, end, 'is out of int64');
    else {
      this.#lookForUnit(start, end);
      if (isMinusZero(this.text, start, end)) this.#edits.cut(start, start + 1);
    }
  }

  #acceptString(start: number, end: number): void {
    const bytes = this.escaped ? Buffer.from(this.decode(start, end)) : this.text;
    const first = this.escaped ? 0 : start + 1;
    const last = this.escaped ? bytes.length : end - 1;
    if (!isIntegerText(bytes, first, last)) {
      this.#acceptTime(start, end);
      return;
    }
    if (!this.#timestamps.add(bytes, first, last)) {
      this.#refuseTimestamp(start, end, 'is out of int64');
      return;
    }
    this.#lookForUnit(start, end);
    if (this.escaped) this.#edits.replace(start, end, isMinusZero(bytes, first, last) ? '0' : bytes.toString());
    else {
      this.#edits.cut(start, isMinusZero(bytes, first, last) ? first + 1 : first);
      this.#edits.cut(last, end);
    }
  }

  /** Takes a time in quotes, which the canonical text writes as its nanoseconds. */
  #acceptTime(start: number, end: number): void {
    const digits = isoTimeDigits(this.decode(start, end), end - start);
    if (typeof digits === 'string') {
      this.#refuseTimestamp(start, end, digits);
      return;
    }
    this.#timestamps.add(digits, 0, digits.length);
    this.#edits.replace(start, end, digits.toString());
  }

  /** Notes, or refuses, a number that was taken and seems to be in another unit than nanoseconds. */
  #lookForUnit(start: number, end: number): void {
    const { early } = this.#timestamps;
    if (early === undefined) return;
    if (this.#limits.strict === true) this.#refuseTimestamp(start, end, looksLike(early));
    else if (this.#early === undefined) this.#early = { count: 1, first: early };
    else this.#early.count++;
  }

  #refuseTimestamp(start: number, end: number, reason: string): void {
    if (this.#hasEnoughProblems) return;
    this.#report('$.timestamp', `timestamp ${excerptBytes(this.text, start, end)} ${reason}`);
  }

  #scanTags(start: number): number {
    if (this.text[start] !== OPEN_OBJECT) {
      this.#report('$.tags', `tags is ${kindOf(this.text[start]!)}, not an object of strings`);
      return this.skipValue(start, this.#depth);
    }
    let at = this.skipBracket(start, this.#depth + 1);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    this.#tagKeys ??= new ObjectKeys(this.text);
    this.#tagKeys.clear();
    for (let count = 1; ; count++) {
      const end = count <= this.#limits.maxTags ? this.#scanTag(at, this.#tagKeys) : this.#skipTag(at, count);
      at = this.skipToSeparator(end, CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  /** Checks only the syntax of a tag beyond the limit. */
  #skipTag(start: number, count: number): number {
    const { maxTags } = this.#limits;
    if (count === maxTags + 1) this.#report('$.tags', `the event has more than ${maxTags} tags`);
    return this.skipValue(this.skipColon(this.skipString(start)), this.#depth + 1);
  }

  #scanTag(start: number, keys: ObjectKeys): number {
    const keyEnd = this.skipString(start);
    if (this.loneSurrogate) this.#refuseTag(start, keyEnd, 'the name of the tag holds half of a surrogate pair');
    else if (!keys.add(start, keyEnd, this.escaped)) this.#refuseTag(start, keyEnd, 'the tag is given twice');
    const at = this.skipColon(keyEnd);
    if (this.text[at] !== QUOTE) {
      this.#refuseTag(start, keyEnd, `the tag is ${kindOf(this.text[at]!)}, not a string`);
      return this.skipValue(at, this.#depth + 1);
    }
    const end = this.skipString(at);
    if (this.loneSurrogate) this.#refuseTag(start, keyEnd, 'the tag holds half of a surrogate pair');
    return end;
  }

  #refuseTag(start: number, keyEnd: number, reason: string): void {
    if (this.#hasEnoughProblems) return;
    this.#report(memberPath('$.tags', this.decode(start, keyEnd)), reason);
  }

  get #hasEnoughProblems(): boolean {
    return this.#problems !== undefined && this.#problems.full;
  }

  #reportKind(what: string, at: number, wanted: string): void {
    this.#report('$', `${what} is ${kindOf(this.text[at]!)}, not ${wanted}${remedyForString(this.text, at)}`);
  }

  #report(path: string, message: string): void {
    this.#problems ??= new ProblemList('invalid_events', 'event');
    this.#problems.add({ index: this.#index, path, message });
  }
}

function endsNumber(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte <= SPACE;
}
