import { aggregate } from './aggregates';
import { commonKind } from './common-kind';
import { jsonCompared, mixed, type Operand } from './comparisons';
import type { CallContext, CallOf } from './call-context';
import { foreign } from './foreign-syntax';
import {
  FLOAT,
  INTEGER,
  integerOf,
  isJson,
  isNumber,
  isText,
  isTime,
  isWide,
  STRING,
  typeText,
  UNKNOWN,
  type Kind,
  type Valued,
} from './kinds';
import { literalOf, refused, timeText } from './literals';
import { isAggregate } from './scope';
import { checkTextArguments } from './text-arguments';

const STRINGS =
  'lower upper trim ltrim rtrim replace hex char printf quote typeof soundex strftime time group_concat string_agg ' +
  'concat_ws unistr json_type sqlite_version';
const INTEGERS =
  'unicode octet_length json_array_length json_valid unixepoch row_number rank dense_rank ntile count sign';
const FLOATS =
  'julianday sqrt exp ln log10 log2 log power pow sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh ' +
  'degrees radians pi total median percentile percentile_cont percentile_disc percent_rank cume_dist';

const RESULTS = new Map<string, Kind>([
  ...STRINGS.split(' ').map((name) => [name, STRING] as const),
  ...INTEGERS.split(' ').map((name) => [name, INTEGER] as const),
  ...FLOATS.split(' ').map((name) => [name, FLOAT] as const),
]);

/** Functions that take arrays, maps and JSON for what they are, or any value for what it is. */
const TAKES_JSON =
  /^(?:jsonb?(?:_|$)|count$|coalesce$|ifnull$|iif$|if$|typeof$|length$|first_value$|last_value$|nth_value$|->)/;

/** Functions of text. */
const TAKES_ANY_DIGITS =
  /^(?:count|coalesce|ifnull|iif|if|nullif|typeof|quote|sum|min|max|avg|round|concat|group_concat|string_agg|first_value|last_value|nth_value|lag|lead|likely|unlikely|likelihood|cast|substr|length|unixepoch|date|datetime|strftime|printf)$/;

type Rule = (call: CallOf) => Valued;

/** Returns what a call gives, after changing the query where SQLite's function does something else. */
export function callKind(call: CallOf): Valued {
  const { node, args } = call;
  const name = node.name.toLowerCase();
  checkArguments(call, name);
  if (isAggregate(node) || (node.over !== undefined && WINDOW_AGGREGATES.test(name))) {
    const result = aggregate(call, name);
    if (result !== undefined) return result;
  }
  const rule = RULES.get(name);
  if (rule !== undefined) return rule(call);
  return {
    kind: RESULTS.get(name) ?? UNKNOWN,
    nullable: args.length === 0 || args.some(({ nullable }) => nullable) || !SURE.has(name),
  };
}

const WINDOW_AGGREGATES = /^(?:sum|avg|min|max|group_concat)$/;

/** Functions that give NULL only for NULL. */
const SURE = new Set('lower upper trim ltrim rtrim replace row_number rank dense_rank count octet_length'.split(' '));

function checkArguments({ args, edits }: CallOf, name: string): void {
  checkTextArguments(name, args, edits);
  for (const { kind, expression } of args) {
    if (isJson(kind) && !TAKES_JSON.test(name)) throw jsonCompared(edits.slice(expression), kind);
    if (kind.is === 'mixed' && !TAKES_JSON.test(name)) throw mixed(edits.slice(expression));
    const text = edits.slice(expression);
    if (isText(kind) && NUMERIC.test(name))
      throw foreign(`${name} calculates, and ${text} is text`, `${name}(CAST(${text} AS REAL))`);
    if (isTime(kind) && NUMERIC.test(name)) {
      throw refused(
        `${name}(${text}) calculates with a time, which is kept as text; write ${name}(unixepoch(${text}))`,
      );
    }
    if (!isWide(kind) || TAKES_ANY_DIGITS.test(name)) continue;
    if (RESULTS.get(name) === FLOAT) edits.wrap(expression, 'CAST(', ' AS REAL)');
    else
      throw refused(
        `${name}() does not take ${typeText(kind)} here; write CAST(${edits.slice(expression)} AS REAL), which rounds`,
      );
  }
}

const NUMERIC =
  /^(?:sum|avg|total|abs|round|median|percentile\w*|sqrt|exp|ln|log\w*|pow|power|mod|floor|ceil|ceiling|trunc|sign)$/;

const firstArgument: Rule = ({ args }) => ({ kind: args[0]?.kind ?? UNKNOWN, nullable: true });

const common =
  (from: number): Rule =>
  ({ args, comparisons, edits }) =>
    commonKind(args.slice(from), comparisons, edits);

const RULES = new Map<string, Rule>([
  ['length', length],
  ['lengthutf8', renamed('length', INTEGER)],
  ['char_length', renamed('length', INTEGER)],
  ['substringutf8', renamed('substr', STRING)],
  ['intdiv', integerQuotient],
  ['substr', substring],
  ['substring', substring],
  ['position', position],
  ['instr', foldedPosition],
  ['log', naturalLogarithm],
  ['mod', remainder],
  ['round', round],
  ['concat', concat],
  ['concat_ws', concatWithSeparator],
  ['format', printf],
  ['hex', hex],
  ['date', date],
  ['datetime', dateTime],
  ['coalesce', coalesce],
  ['ifnull', coalesce],
  ['iif', common(1)],
  ['if', common(1)],
  ['abs', absolute],
  ['max', extreme],
  ['min', extreme],
  ['nullif', nullIf],
  ['timediff', timeDifference],
  ['lag', neighbour],
  ['lead', neighbour],
  ...[
    'first_value',
    'last_value',
    'nth_value',
    'likely',
    'unlikely',
    'likelihood',
    'ceil',
    'ceiling',
    'floor',
    'trunc',
  ].map((name) => [name, firstArgument] as const),
]);

function renamed(name: string, kind: Kind): Rule {
  return ({ node, args, edits }) => {
    edits.replace(node.namePlace, name);
    return { kind, nullable: args.some(({ nullable }) => nullable) };
  };
}

/** Of an array or a map, its elements; of a text, its bytes. */
function length({ node, args, edits }: CallOf): Valued {
  const [operand] = args;
  if (operand === undefined) return { kind: INTEGER, nullable: true };
  const { kind, nullable, expression } = operand;
  if (kind.is === 'array') edits.replace(node.namePlace, 'json_array_length');
  else if (kind.is === 'map') edits.wrap(node, '(SELECT count(*) FROM json_each(', '))');
  else if (kind.is === 'fixed')
    throw refused('the length of a FixedString(N) is always N in ClickHouse; write octet_length(x) for what was sent');
  else if (kind.is === 'json')
    throw refused(`length(${edits.slice(expression)}) counts nothing in JSON; write json_array_length(x ->> '$.list')`);
  else edits.replace(node.namePlace, 'octet_length');
  if (kind.is === 'map') edits.replace(node.namePlace, '');
  return { kind: INTEGER, nullable };
}

/** ClickHouse counts bytes. */
function substring({ node, args, edits }: CallOf): Valued {
  const [text, from, count] = args;
  if (text === undefined || from === undefined) return { kind: STRING, nullable: true };
  edits.replace(node.namePlace, 'hub_substring');
  return { kind: STRING, nullable: text.nullable || from.nullable || count?.nullable === true };
}

/** By bytes. */
function position({ node, args, edits }: CallOf): Valued {
  edits.replace(node.namePlace, 'instr');
  for (const { expression } of args) edits.wrap(expression, 'CAST(', ' AS BLOB)');
  return { kind: INTEGER, nullable: args.some(({ nullable }) => nullable) };
}

function foldedPosition(): never {
  throw foreign('instr does not tell A from a in ClickHouse', 'position(x, y), or position(lower(x), lower(y))');
}

function integerQuotient({ node, args, edits }: CallOf): Valued {
  const [left, right] = args;
  if (left === undefined || right === undefined || left.kind.is !== 'integer' || right.kind.is !== 'integer') {
    throw foreign('intDiv takes two integers here', 'CAST(a / b AS INTEGER)');
  }
  if (isWide(left.kind) || isWide(right.kind)) throw refused('intDiv does not take integers beyond Int64 here');
  edits.replace(node.namePlace, '');
  edits.replace({ start: left.expression.end, end: right.expression.start }, ') / (');
  edits.wrap(node, '(', ')');
  return { kind: INTEGER, nullable: true };
}

function naturalLogarithm({ node, args, edits }: CallOf): Valued {
  if (args.length !== 1) throw foreign('log of two arguments is not read here', 'ln(x) / ln(base)');
  edits.replace(node.namePlace, 'ln');
  return { kind: FLOAT, nullable: true };
}

/** SQLite's `mod` calculates with doubles. */
function remainder({ node, args, edits }: CallOf): Valued {
  const [left, right] = args;
  if (left?.kind.is === 'decimal' || right?.kind.is === 'decimal')
    throw refused('there is no mod of a Decimal here; write CAST(x AS REAL)');
  if (left === undefined || right === undefined || ![left, right].every(({ kind }) => integerOf(kind) !== undefined)) {
    edits.replace(node.namePlace, 'hub_modulo');
    return { kind: FLOAT, nullable: true };
  }
  edits.replace(node.namePlace, '');
  edits.replace({ start: left.expression.end, end: right.expression.start }, ') % (');
  edits.wrap(node, '(', ')');
  return { kind: INTEGER, nullable: true };
}

function round({ node, args, edits }: CallOf): Valued {
  const [operand] = args;
  if (operand === undefined) return { kind: FLOAT, nullable: true };
  edits.replace(node.namePlace, 'hub_round');
  const { kind, nullable } = operand;
  if (kind.is !== 'decimal') return { kind: kind.is === 'integer' || kind.is === 'bool' ? kind : FLOAT, nullable };
  edits.append(node.end - 1, `${args.length === 1 ? ', 0' : ''}, ${kind.scale}`);
  return { kind: { ...kind, text: true }, nullable };
}

/** SQLite leaves NULL out, where ClickHouse gives NULL. */
function concat({ node, args, edits, comparisons }: CallOf): Valued {
  edits.replace(node.namePlace, '');
  for (const [index, operand] of args.entries()) {
    asText(operand, { edits, comparisons });
    const next = args[index + 1];
    if (next !== undefined) edits.replace({ start: operand.expression.end, end: next.expression.start }, ' || ');
  }
  return { kind: STRING, nullable: args.some(({ nullable }) => nullable) };
}

function concatWithSeparator({ args }: CallOf): Valued {
  const empty = args.some(({ nullable }) => nullable);
  if (empty)
    throw foreign('concat_ws leaves NULL out here, and is NULL in ClickHouse', "a || ',' || b, or coalesce(a, '')");
  return { kind: STRING, nullable: false };
}

function printf({ args }: CallOf): Valued {
  const pattern = args[0] === undefined ? undefined : literalOf(args[0].expression);
  if (pattern?.text.includes('%') !== true)
    throw foreign("format('{}', x) is not read here", "printf('%s', x), or x || y");
  return { kind: STRING, nullable: true };
}

function hex({ args }: CallOf): Valued {
  const [operand] = args;
  if (operand !== undefined && isNumber(operand.kind))
    throw foreign('hex of a number is that of its digits here', "printf('%X', x)");
  return { kind: STRING, nullable: true };
}

function date(call: CallOf): Valued {
  checkTimeArgument(call);
  return { kind: { is: 'date' }, nullable: call.args[0]?.nullable ?? false };
}

function dateTime(call: CallOf): Valued {
  checkTimeArgument(call);
  const parts = call.args.map(({ expression }) => literalOf(expression)?.text);
  const precise = parts.includes('subsec') || parts.includes('subsecond');
  return { kind: { is: 'time', precision: precise ? 3 : 0 }, nullable: true };
}

/** SQLite takes a lone number for a Julian day, and the 30th of February for a day of March. */
function checkTimeArgument({ node, args }: CallOf): void {
  const [operand] = args;
  const literal = operand === undefined ? undefined : literalOf(operand.expression);
  if (literal?.is === 'string' && /^\d{4}-/.test(literal.text)) timeText(literal.text, 9);
  if (args.length !== 1 || operand === undefined || !isNumber(operand.kind)) return;
  throw refused(`${node.name}() takes a number for a Julian day; write ${node.name}(x, 'unixepoch')`);
}

function coalesce({ args, comparisons, edits }: CallOf): Valued {
  const { kind } = commonKind(args, comparisons, edits);
  return { kind, nullable: args.every(({ nullable }) => nullable) };
}

function absolute({ args }: CallOf): Valued {
  const kind = args[0]?.kind ?? UNKNOWN;
  return { kind: kind.is === 'bool' ? INTEGER : kind, nullable: true };
}

/** `max` and `min` of several values. */
function extreme(call: CallOf): Valued {
  const { kind, nullable } = commonKind(call.args, call.comparisons, call.edits);
  if (kind.is === 'mixed' || isWide(kind))
    throw refused(`${call.node.name} of several values does not compare ${typeText(kind)}; write CASE`);
  return { kind, nullable };
}

function nullIf({ args, comparisons }: CallOf): Valued {
  const [left, right] = args;
  if (left !== undefined && right !== undefined) comparisons.equal(left, right);
  return { kind: left?.kind ?? UNKNOWN, nullable: true };
}

/** SQLite gives a text of years to seconds. */
function timeDifference({ node }: CallOf): Valued {
  if (node.name === 'timeDiff')
    throw foreign('timeDiff gives seconds in ClickHouse and a text here', 'unixepoch(b) - unixepoch(a)');
  return { kind: STRING, nullable: true };
}

/** Where there is no such row ClickHouse gives 0 or an empty text, unless the value may be NULL. */
function neighbour({ node, args, comparisons, edits }: CallOf): Valued {
  const [value, , otherwise] = args;
  if (value === undefined) return { kind: UNKNOWN, nullable: true };
  if (otherwise !== undefined) return commonKind([value, otherwise], comparisons, edits);
  if (!value.nullable) {
    throw foreign(
      `${node.name} has no value beside the first or last row, where ClickHouse gives 0 or ''`,
      `${node.name}(${edits.slice(value.expression)}, 1, what is to stand there)`,
    );
  }
  return value;
}

/** Makes a value the text that ClickHouse makes of it. */
export function asText({ kind, expression }: Operand, { edits }: CallContext): void {
  if (isJson(kind)) throw jsonCompared(edits.slice(expression), kind);
  if (kind.is === 'mixed') throw mixed(edits.slice(expression));
  if (kind.is === 'bool') edits.wrap(expression, 'CASE ', " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
  else if (kind.is === 'decimal') edits.wrap(expression, 'hub_text(', `, ${kind.scale})`);
  else if (kind.is === 'float' || kind.is === 'unknown') edits.wrap(expression, 'hub_text(', ')');
}
