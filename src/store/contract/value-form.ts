/** The form in which a column keeps its values: what is read as a number, a time or a text, and how it is written. */
export type ValueForm =
  /** Within bounds; beyond int64 as digits. */
  | { readonly kind: 'integer'; readonly least: bigint; readonly greatest: bigint }
  /** A double with the same digits. */
  | { readonly kind: 'float'; readonly greatest: number }
  /** So many digits, so many of them behind the point: as a number, or as a text. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number; readonly isText: boolean }
  | { readonly kind: 'date' }
  /** So many digits behind the second. */
  | { readonly kind: 'time'; readonly precision: number }
  /** So many bytes at the most. */
  | { readonly kind: 'text'; readonly bytes: number }
  /** JSON texts of arrays, and of objects that are maps. */
  | { readonly kind: 'array'; readonly items: ItemForm }
  | { readonly kind: 'map'; readonly keys: ItemForm; readonly values: ItemForm }
  /** No value is rewritten. */
  | { readonly kind: 'none' };

/** The form of what is in an array or a map. */
export interface ItemForm {
  /** `undefined`: they stay as they are. */
  readonly form: ValueForm | undefined;
  readonly nullable: boolean;
  /** Whether they are JSON strings, whatever they say: times, and decimals, whose zeros a number would not have. */
  readonly quoted: boolean;
}
