import type { CompiledSchema } from './compiled-schema';
import { defaultText } from '../schema/default-value';

const NULL = Buffer.from('null');

/** What columns get when a row has no value for them or null: the JSON text of their DEFAULT, or else null. */
export class DefaultTexts {
  readonly #texts: (Buffer | undefined)[] = [];
  readonly #schema: CompiledSchema;
  readonly #now: number;

  constructor(schema: CompiledSchema, now: number) {
    this.#schema = schema;
    this.#now = now;
  }

  /** Whether a column needs no value: it has a DEFAULT or is Nullable. */
  has(index: number): boolean {
    return this.#schema.defaults[index] !== undefined || this.#schema.columns[index]!.type.nullable;
  }

  /** The JSON text that a column without a value gets. */
  text(index: number): Buffer {
    return (this.#texts[index] ??= this.#make(index));
  }

  #make(index: number): Buffer {
    const { column } = this.#schema.columns[index]!;
    return column.default === undefined ? NULL : Buffer.from(defaultText(column, column.default, this.#now));
  }
}
