import { bare, type Expression } from './nodes';
import type { Scope } from './scope';

/**
 * A text that is the same for expressions that are the same but for brackets, case and the table in front of a column.
 * Subqueries equal none.
 */
export function signature(expression: Expression, scope: Scope): string {
  const node = bare(expression);
  const of = (inner: Expression | undefined): string => (inner === undefined ? '' : signature(inner, scope));
  switch (node.kind) {
    case 'literal':
      return `${node.is} ${JSON.stringify(node.text)}`;
    case 'column':
      return `column ${scope.keyOf(node.table, node.name)}`;
    case 'binary':
      return `(${of(node.left)} ${node.operator} ${of(node.right)})`;
    case 'unary':
      return `(${node.operator} ${of(node.operand)})`;
    case 'pattern':
      return `(${of(node.operand)} ${node.operator} ${of(node.pattern)} ${of(node.escape)})`;
    case 'between':
      return `(${of(node.operand)} between ${of(node.low)} ${of(node.high)})`;
    case 'cast':
      return `cast(${of(node.operand)} ${node.type.toLowerCase()})`;
    case 'case': {
      const branches = node.branches.map(({ when, then }) => `${of(when)} ${of(then)}`);
      return `case(${of(node.operand)} ${branches.join(' ')} ${of(node.otherwise)})`;
    }
    case 'call':
      if (node.over !== undefined || node.filter !== undefined) return `at ${node.start}`;
      return `${node.name.toLowerCase()}(${node.distinct ? 'distinct ' : ''}${node.args.map(of).join(', ')})`;
    case 'collate':
      return of(node.operand);
    case 'in':
    case 'query':
    case 'brackets':
      return `at ${node.start}`;
  }
}
