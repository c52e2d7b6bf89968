import type { Position } from '../store/contract/position';
import { FeedRecord } from './feed-record';

/** Bytes that a row takes besides its values, about. */
const ROW_BYTES = 200;

/** Writes the object of a row; `quoted`: integers of 64 bits and more stand in quotes. */
export type WriteRow = (quoted: boolean) => string;

/** Where a row is, of which data source, and how much memory it takes. */
export interface RowPlace {
  readonly topic: string;
  readonly position: Position;
  readonly bytes: number;
}

/** A row, or a quarantined row, that is read by many. */
export class FeedRow extends FeedRecord {
  readonly topic: string;
  readonly position: Position;
  readonly #write: WriteRow;

  /** `bytes`: those of its values and of the names that stand before them. */
  constructor({ topic, position, bytes }: RowPlace, write: WriteRow) {
    super(ROW_BYTES + bytes);
    this.topic = topic;
    this.position = position;
    this.#write = write;
  }

  /** The object of the row as JSON text. */
  get plain(): string {
    return this.#write(false);
  }

  /** The same for readers whose numbers are not exact. */
  get quoted(): string {
    return this.#write(true);
  }

  /** Its text, made anew. */
  get json(): string {
    return `{"offset":${JSON.stringify(this.position)},"row":${this.plain}}`;
  }

  protected render(): string {
    return this.json;
  }
}
