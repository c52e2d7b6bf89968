import type { CompiledSchema } from './compiled-schema';
import { defaultText } from '../schema/default-value';

const NULL = Buffer.from('null');

/** The texts that stand in for values that are missing or null. */
export class DefaultTexts {
  readonly #texts: (Buffer | undefined)[] = [];
  readonly #schema: CompiledSchema;
  readonly #now: number;

  constructor(schema: CompiledSchema, now: number) {
    this.#schema = schema;
    this.#now = now;
  }

  /** Whether something stands in for a column. */
  has(index: number): boolean {
    return this.#schema.defaults[index] !== undefined || this.#schema.columns[index]!.type.nullable;
  }

  /** The JSON text that stands in for a column. */
  text(index: number): Buffer {
    return (this.#texts[index] ??= this.#make(index));
  }

  #make(index: number): Buffer {
    const { column } = this.#schema.columns[index]!;
    return column.default === undefined ? NULL : Buffer.from(defaultText(column, column.default, this.#now));
  }
}
