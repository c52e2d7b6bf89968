import type { Edits } from './edits';
import { UNKNOWN, type Kind } from './kinds';
import { literalOf } from './literals';
import { bare, type Binary, type Call, type Expression } from './nodes';

/**
 * What becomes of an integer beyond 64 bits inside of JSON, which SQLite reads as a double: where a value is shown or
 * made a text, its digits; where it is calculated or compared with, an error. `rounded`: what SQLite makes of it, where
 * that was asked for or does not matter.
 */
export type Reading = 'digits' | 'refused' | 'rounded';

/** Functions that make texts of values. */
const TEXT_FUNCTIONS = new Set('lower upper trim concat printf format length lengthutf8 octet_length quote'.split(' '));

/** Functions that look at no value. */
const BLIND_FUNCTIONS = new Set(['count', 'typeof']);

/** Functions that give one of their arguments. */
const CHOICES = new Set(['coalesce', 'ifnull', 'iif', 'if', 'likely', 'unlikely']);

/** Keeps numbers that are taken out of JSON exact. */
export class JsonParts {
  readonly #edits: Edits;
  readonly #readings = new Map<Expression, Reading>();

  constructor(edits: Edits) {
    this.#edits = edits;
  }

  /** Says how a value is used, before it is looked at. */
  use(reading: Reading, ...expressions: readonly Expression[]): void {
    for (const expression of expressions) this.#readings.set(bare(expression), reading);
  }

  /** Says how what a node is made of is used. */
  useParts(node: Expression): void {
    const own = this.#readings.get(bare(node));
    if (node.kind === 'case' && own !== undefined)
      this.use(
        own,
        ...node.branches.map(({ then }) => then),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      );
    else if (node.kind === 'binary') this.#useSides(node);
    else if (node.kind === 'unary' && node.operator === 'IS NULL') this.use('rounded', node.operand);
    else if (node.kind === 'cast' && /^(?:text|string|varchar)/i.test(node.type)) this.use('digits', node.operand);
    else if (node.kind === 'cast' && /^(?:real|float|double)/i.test(node.type)) this.use('rounded', node.operand);
    else if (node.kind === 'call') this.#useArguments(node, own);
  }

  #useSides({ operator, left, right }: Binary): void {
    if (operator === '||') this.use('digits', left, right);
    else if (operator.startsWith('->')) this.use('rounded', left);
    else if (operator.startsWith('IS') && literalOf(right)?.is === 'null') this.use('rounded', left);
  }

  #useArguments({ name, args, distinct }: Call, own: Reading | undefined): void {
    const lower = name.toLowerCase();
    if (TEXT_FUNCTIONS.has(lower)) this.use('digits', ...args);
    else if (BLIND_FUNCTIONS.has(lower) && !distinct) this.use('rounded', ...args);
    else if (CHOICES.has(lower) && own !== undefined) this.use(own, ...args);
  }

  /** `json ->> path` of values of any type. */
  arrow(node: Binary): Kind {
    const { left, right, sign } = node;
    const reading = this.#readings.get(node) ?? 'refused';
    if (reading === 'rounded') return UNKNOWN;
    if (isPath(left) && literalOf(right) !== undefined) {
      const [json, path] = [left, right].map((side) => this.#edits.slice(side));
      this.#choose(node, `${json!} -> ${path!}`, reading);
    } else {
      this.#edits.replace(sign, '->');
      this.#edits.wrap(node, 'hub_part(', `, '${reading}')`);
    }
    return UNKNOWN;
  }

  /** `json_extract(json, path)`. */
  extract(node: Call): void {
    const [json, path] = node.args;
    const reading = this.#readings.get(node) ?? 'refused';
    if (json === undefined || path === undefined || node.args.length > 2 || reading === 'rounded') return;
    if (isPath(json) && literalOf(path) !== undefined) {
      this.#choose(node, `${this.#edits.slice(json)} -> ${this.#edits.slice(path)}`, reading);
      return;
    }
    this.#edits.replace(node.namePlace, '');
    this.#edits.replace({ start: json.end, end: path.start }, ') -> (');
    this.#edits.wrap(node, 'hub_part((', `), '${reading}')`);
  }

  /** A value of `json_each` or `json_tree`, whose quoted name is given. */
  element(node: Expression, table: string): void {
    const reading = this.#readings.get(node) ?? 'refused';
    if (reading === 'rounded') return;
    const text = this.#edits.slice(node);
    const beyond = `${table}.type = 'integer' AND typeof(${text}) = 'real'`;
    this.#edits.wrap(
      node,
      `CASE WHEN ${beyond} THEN hub_part(${table}.json -> ${table}.fullkey, '${reading}') ELSE `,
      ' END',
    );
  }

  /** The function is called for the few numbers that may have been rounded. */
  #choose(node: Expression, raw: string, reading: Reading): void {
    const text = this.#edits.slice(node);
    const beyond = `typeof(${text}) = 'real' AND abs(${text}) >= 9223372036854775807`;
    this.#edits.wrap(node, `CASE WHEN ${beyond} THEN hub_part(${raw}, '${reading}') ELSE `, ' END');
  }
}

/** A column, a text, or what is taken out of one by constant paths: it can be written twice. */
function isPath(expression: Expression): boolean {
  const inner = bare(expression);
  if (inner.kind === 'column' || inner.kind === 'literal') return true;
  return (
    inner.kind === 'binary' &&
    inner.operator.startsWith('->') &&
    isPath(inner.left) &&
    literalOf(inner.right) !== undefined
  );
}
