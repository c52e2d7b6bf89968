import { renderPackage } from '../parameters/package-json';
import { type PackageColumn, PackageText } from '../parameters/package-text';
import type { StoredPackage } from '../store/contract/parameter-store';
import type { Position } from '../store/contract/position';
import { FeedRecord } from './feed-record';

/** Bytes that a package takes besides its text, that a column takes, and what is remembered of a part, about. */
const PACKAGE_BYTES = 400;
const COLUMN_BYTES = 120;
const PART_BYTES = 600;

/** Where a package is. */
interface PackagePlace extends Omit<StoredPackage, 'json'> {
  readonly topic: string;
  /** Of its text, in memory. */
  readonly bytes: number;
}

/** A stored package of parameter data, or a part of one, that is read by many; its text has `streamId` as well. */
export class FeedPackage extends FeedRecord {
  readonly topic: string;
  readonly position: Position;
  readonly streamId: string;
  #json: string;
  #content: PackageText | undefined;
  #parts: Map<string, FeedPackage> | undefined;
  readonly #textBytes: number;

  private constructor({ topic, position, streamId, bytes }: PackagePlace, json: string, content?: PackageText) {
    super(PACKAGE_BYTES + bytes);
    this.topic = topic;
    this.position = position;
    this.streamId = streamId;
    this.#textBytes = bytes;
    this.#json = json;
    this.#content = content;
  }

  static of({ json, ...where }: StoredPackage, topic: string): FeedPackage {
    return new FeedPackage({ ...where, topic, bytes: 2 * json.length }, json);
  }

  /** Its text cut into columns, once for all readers. */
  get content(): PackageText {
    if (this.#content === undefined) {
      this.#content = PackageText.read(this.#json);
      this.#json = '';
      this.grow(COLUMN_BYTES * this.#content.columns.length);
    }
    return this.#content;
  }

  /**
   * The package with those of its columns whose ids are wanted, made once for all who want the same: itself when all
   * are, `undefined` when none is.
   */
  part(isWanted: (id: string) => boolean): FeedPackage | undefined {
    const { columns } = this.content;
    const wanted = columns.filter(({ id }) => isWanted(id));
    if (wanted.length === columns.length) return columns.length === 0 ? undefined : this;
    return wanted.length === 0 ? undefined : this.#partOf(wanted);
  }

  #partOf(columns: readonly PackageColumn[]): FeedPackage {
    const key = columns.map(({ start }) => start).join();
    const known = this.#parts?.get(key);
    if (known !== undefined) return known;
    const { topic, position, streamId } = this;
    // It holds on to the whole text.
    const where = { topic, position, streamId, bytes: this.#textBytes };
    const part = new FeedPackage(where, '', this.content.with(columns));
    part.enter(this.toldAt, (bytes) => {
      this.grow(bytes);
    });
    this.#parts ??= new Map();
    this.#parts.set(key, part);
    this.grow(PART_BYTES + 2 * key.length);
    return part;
  }

  protected render(): string {
    const { position, streamId } = this;
    return `${JSON.stringify({ offset: position, streamId }).slice(0, -1)},${renderPackage(this.content)}}`;
  }
}
