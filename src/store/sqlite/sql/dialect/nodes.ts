/** Where something stands in the text of a query. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export type LiteralKind = 'integer' | 'float' | 'string' | 'blob' | 'null' | 'bool' | 'now' | 'today' | 'clock';

export interface Literal extends Place {
  readonly kind: 'literal';
  readonly is: LiteralKind;
  /** Of a string, what is between the quotes; else as written. */
  readonly text: string;
}

export interface ColumnName extends Place {
  readonly kind: 'column';
  readonly table: string | undefined;
  readonly name: string;
}

export interface Binary extends Place {
  readonly kind: 'binary';
  /** In capital letters; `IS NOT`, `IS DISTINCT FROM` and so on are one operator. */
  readonly operator: string;
  readonly sign: Place;
  readonly left: Expression;
  readonly right: Expression;
}

/** `LIKE`, `GLOB`, `MATCH`, `REGEXP`, with or without `NOT`. */
export interface Pattern extends Place {
  readonly kind: 'pattern';
  readonly operator: string;
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
}

export interface Call extends Place {
  readonly kind: 'call';
  /** As written. */
  readonly name: string;
  readonly namePlace: Place;
  readonly distinct: boolean;
  readonly star: boolean;
  readonly args: readonly Expression[];
  readonly orderBy: readonly OrderTerm[];
  readonly filter: Expression | undefined;
  /** The name of a window, or its definition. */
  readonly over: WindowDefinition | string | undefined;
}

export interface WindowDefinition {
  readonly base: string | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderTerm[];
  readonly bounds: readonly Expression[];
}

export interface InList extends Place {
  readonly kind: 'in';
  readonly negated: boolean;
  readonly operand: Expression;
  /** A list, a query, or the name of a table. */
  readonly list: readonly Expression[] | undefined;
  readonly query: Query | undefined;
}

export type Expression =
  | Literal
  | ColumnName
  | Binary
  | Pattern
  | Call
  | InList
  | (Place & { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression })
  | (Place & {
      readonly kind: 'between';
      readonly negated: boolean;
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
    })
  | (Place & {
      readonly kind: 'case';
      readonly operand: Expression | undefined;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | undefined;
    })
  | (Place & { readonly kind: 'cast'; readonly operand: Expression; readonly type: string; readonly typePlace: Place })
  | (Place & { readonly kind: 'query'; readonly query: Query; readonly exists: boolean })
  /** One in brackets, or a row value of several. */
  | (Place & { readonly kind: 'brackets'; readonly items: readonly Expression[] })
  | (Place & { readonly kind: 'collate'; readonly operand: Expression });

export interface OrderTerm {
  readonly expression: Expression;
  /** The end of the expression with `ASC` or `DESC`. */
  readonly end: number;
  readonly descending: boolean;
  readonly nulls: 'FIRST' | 'LAST' | undefined;
}

export interface ResultItem {
  /** `undefined`: `*` or `table.*`. */
  readonly expression: Expression | undefined;
  readonly table: string | undefined;
  readonly alias: string | undefined;
}

export interface TableSource extends Place {
  readonly kind: 'table';
  /** What stands before the name and a point. */
  readonly schema: string | undefined;
  readonly name: string;
  /** Of both. */
  readonly namePlace: Place;
  readonly args: readonly Expression[] | undefined;
  readonly alias: string | undefined;
}

export type Source =
  | TableSource
  | (Place & { readonly kind: 'subquery'; readonly query: Query; readonly alias: string | undefined })
  | (Place & { readonly kind: 'group'; readonly joins: readonly Join[] });

export interface Join {
  /** Of the first source: empty. */
  readonly operator: string;
  readonly source: Source;
  readonly on: Expression | undefined;
  readonly using: readonly string[];
}

/** A `SELECT` without what stands behind a compound one, or `VALUES`. */
export interface Core extends Place {
  readonly distinct: boolean;
  readonly items: readonly ResultItem[];
  /** The rows of `VALUES`. */
  readonly rows: readonly (readonly Expression[])[] | undefined;
  readonly from: readonly Join[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
  readonly windows: readonly { readonly name: string; readonly window: WindowDefinition }[];
}

export interface Query extends Place {
  readonly tables: readonly CommonTable[];
  readonly cores: readonly Core[];
  /** One fewer than cores: `UNION`, `UNION ALL`, `EXCEPT`, `INTERSECT`. */
  readonly operators: readonly string[];
  readonly orderBy: readonly OrderTerm[];
  readonly limits: readonly Expression[];
}

export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

/** Without brackets around it. */
export function bare(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === 'brackets' && inner.items.length === 1) inner = inner.items[0]!;
  return inner;
}
