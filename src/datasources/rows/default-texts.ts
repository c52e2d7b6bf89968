import type { CompiledSchema } from './compiled-schema';
import { defaultText } from '../schema/default-value';

const NULL = Buffer.from('null');

/** The texts that stand in for values that are missing or null. */
export class DefaultTexts {
  private readonly texts: (Buffer | undefined)[] = [];

  constructor(
    private readonly schema: CompiledSchema,
    private readonly now: number,
  ) {}

  /** Whether something stands in for a column. */
  has(index: number): boolean {
    return this.schema.defaults[index] !== undefined || this.schema.columns[index]!.type.nullable;
  }

  /** The JSON text that stands in for a column. */
  text(index: number): Buffer {
    return (this.texts[index] ??= this.make(index));
  }

  private make(index: number): Buffer {
    const { column } = this.schema.columns[index]!;
    return column.default === undefined ? NULL : Buffer.from(defaultText(column, column.default, this.now));
  }
}
