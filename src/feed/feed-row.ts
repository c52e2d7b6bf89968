import type { Position } from '../store/contract/position';
import { FeedRecord } from './feed-record';

/** Bytes that a row takes besides its values, about. */
const ROW_BYTES = 200;

/** Writes the object of a row; `quoted`: integers of 64 bits and more stand in quotes. */
export type WriteRow = (quoted: boolean) => string;

/** A row, or a quarantined row, that is read by many. */
export class FeedRow extends FeedRecord {
  readonly position: Position;
  readonly bytes: number;
  readonly #write: WriteRow;

  /** `bytes`: those of its values and of the names that stand before them. */
  constructor(position: Position, bytes: number, write: WriteRow) {
    super();
    this.position = position;
    this.bytes = ROW_BYTES + bytes;
    this.#write = write;
  }

  /** The object of the row as JSON text, for readers whose numbers are not exact. */
  get quoted(): string {
    return this.#write(true);
  }

  /** Its text, made anew. */
  get json(): string {
    return `{"offset":${JSON.stringify(this.position)},"row":${this.#write(false)}}`;
  }

  protected render(): string {
    return this.json;
  }
}
