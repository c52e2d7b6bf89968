import { ProblemList } from '../events/problem-list';
import { excerpt } from '../json/excerpt';
import { JsonCursor } from '../json/json-cursor';
import { memberPath } from '../json/json-path';
import { TextEdits } from '../json/text-edits';
import { PACKAGE_MEMBERS, type PackageMember } from './package-members';

/** The limits on the text of a package. */
export interface PackageLimits {
  /** The deepest nesting of arrays and objects; a package itself is three deep. */
  readonly maxDepth: number;
  /** The most ids that a package may have, of all kinds together. */
  readonly maxParameters: number;
  /** The most tags that a package may have. */
  readonly maxTags: number;
  /** Of `PackageBatch.shape`: an integer of 32 bits that stays the same while the server runs. */
  readonly shapeSeed: number;
  /** Whether a timestamp that lies in January 1970 is refused: it seems to be in another unit than nanoseconds. */
  readonly strict?: boolean;
}

/** No array is being read. */
const NO_ELEMENT = -1;

/** Walks the text of a package, and knows where it is: what is wrong is told with its member, column and index. */
export class PackageCursor extends JsonCursor {
  protected readonly edits: TextEdits;
  protected readonly limits: PackageLimits;
  /** The index in the array that is being read. */
  protected element = NO_ELEMENT;
  protected member: PackageMember | undefined;
  /** Where the key of the column that is being read is written. */
  #keyStart = 0;
  #keyEnd = 0;
  #problems: ProblemList | undefined;

  protected override get several(): string {
    return 'one package is taken: send each by itself, or make one of them, with all timestamps';
  }

  constructor(text: Uint8Array, limits: PackageLimits) {
    super(text, limits.maxDepth);
    this.limits = limits;
    this.edits = new TextEdits(this.text);
  }

  protected enterMember(member: PackageMember | undefined): void {
    this.member = member;
    this.leaveColumn();
  }

  protected enterColumn(keyStart: number, keyEnd: number): void {
    this.element = NO_ELEMENT;
    this.#keyStart = keyStart;
    this.#keyEnd = keyEnd;
  }

  protected leaveColumn(): void {
    this.enterColumn(0, 0);
  }

  /** Once enough problems have been found, only the syntax of the rest matters. */
  protected get hasEnoughProblems(): boolean {
    return this.#problems !== undefined && this.#problems.full;
  }

  /** Notes what is wrong with what is being read: the rest of a sentence that begins with its name. */
  protected refuse(reason: string): void {
    if (this.hasEnoughProblems) return;
    const place = this.#place();
    this.report(place === '' ? '$' : `$.${place}`, `${place === '' ? 'the text' : place} ${reason}`);
  }

  protected refuseMember(name: string): void {
    const unknown = `unknown property ${JSON.stringify(excerpt(name))}; a package has ${PACKAGE_MEMBERS.join(', ')}`;
    this.report(memberPath('$', name), this.member === undefined ? unknown : `${name} is given twice`);
  }

  protected report(path: string, message: string): void {
    this.#problems ??= new ProblemList('invalid_parameters');
    this.#problems.add({ index: Math.max(0, this.element), path, message });
  }

  protected throwIfProblems(): void {
    this.#problems?.throwIfAny();
  }

  protected override fail(at: number, reason: string): never {
    const place = this.#place();
    return super.fail(at, place === '' ? reason : `${reason}, in ${place}`);
  }

  /** What is being read, such as `numericValues.Speed[3]`. */
  #place(): string {
    const { member = '', element } = this;
    const column = this.#keyEnd === 0 ? member : memberPath(member, this.decode(this.#keyStart, this.#keyEnd));
    return element === NO_ELEMENT ? column : `${column}[${element}]`;
  }
}
