import type { CallContext } from './call-context';
import type { Edits } from './edits';
import { asText } from './calls';
import type { Operand } from './comparisons';
import { foreign } from './foreign-syntax';
import {
  FLOAT,
  integerOf,
  isJson,
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
import { bare, type Expression } from './nodes';

type Cast = Extract<Expression, { kind: 'cast' }>;

const INTEGERS =
  /^(?:(?:tiny|small|medium|big)?int(?:eger)?|int2|int8|int16|int32|int64|uint8|uint16|uint32|signed|unsigned)$/i;
const REALS = /^(?:real|float|double|double precision|float32|float64)$/i;
const TEXTS = /^(?:text|clob|string|(?:var)?char)(?:\s*\(\d+\))?$/i;

/** What a cast gives, after changing it to what SQLite calls the type. */
export function castKind(node: Cast, operand: Operand, context: CallContext): Valued {
  const { edits } = context;
  const { nullable, kind, expression } = operand;
  const type = node.type.replace(/^Nullable\s*\(([^]*)\)$/i, '$1').trim();
  const text = edits.slice(expression);
  if (TEXTS.test(type)) {
    edits.replace(node.typePlace, 'TEXT');
    if (!isJson(kind)) asText(operand, context);
    return { kind: STRING, nullable };
  }
  if (INTEGERS.test(type) || REALS.test(type)) return { kind: castNumber(node, operand, type, edits), nullable };
  if (/^blob$/i.test(type)) return { kind: UNKNOWN, nullable };
  if (/^(?:date|date32|datetime)$/i.test(type)) return castTime(node, operand, type, context);
  const instead = /^datetime64/i.test(type) ? `strftime('%Y-%m-%d %H:%M:%f', ${text})` : 'INTEGER, REAL or TEXT';
  throw foreign(`CAST(… AS ${type}) would be read as another type`, instead);
}

/** Texts have to be numbers as a whole, and integers of fewer bits wrap, as on ClickHouse. */
function castNumber(node: Cast, { kind, expression }: Operand, type: string, edits: Edits): Kind {
  const real = REALS.test(type);
  const text = edits.slice(expression);
  if (isTime(kind)) throw foreign(`CAST(${text} AS ${type}) would read the year`, `unixepoch(${text})`);
  if (isJson(kind)) throw refused(`${typeText(kind)} is no number`);
  if (isWide(kind) && !real)
    throw refused(`CAST(${text} AS ${type}) would cut it; write CAST(${text} AS REAL), which rounds`);
  const [, unsigned, digits] = /^(U?)Int(\d+)$/.exec(type) ?? [];
  const bits = Number(digits ?? 64);
  const result: Kind = real ? FLOAT : { is: 'integer', bits, signed: unsigned !== 'U' };
  edits.replace(node.typePlace, real ? 'REAL' : 'INTEGER');
  const anything = isText(kind) || kind.is === 'unknown';
  const fits = bits === 64 && integerOf(kind) !== undefined;
  if (isPartOfTime(expression) || kind.is === 'null' || (real ? !anything : fits)) return result;
  if (real) edits.wrap(expression, 'hub_real(', ')');
  else
    edits.wrap(
      expression,
      'hub_integer_of(',
      `, ${bits}, ${unsigned === 'U' ? 0 : 1}, ${kind.is === 'decimal' ? 1 : 0})`,
    );
  return result;
}

/** `strftime('%H', t)` gives digits. */
function isPartOfTime(expression: Expression): boolean {
  const inner = bare(expression);
  return inner.kind === 'call' && inner.name.toLowerCase() === 'strftime';
}

function castTime(node: Cast, { kind, nullable, expression }: Operand, type: string, { edits }: CallContext): Valued {
  const isDay = !/^datetime$/i.test(type);
  if (kind.is !== 'string' && kind.is !== 'unknown' && !isTime(kind)) {
    throw foreign(`CAST(… AS ${type}) takes text or a time here`, `${isDay ? 'date' : 'datetime'}(x, 'unixepoch')`);
  }
  const literal = literalOf(expression);
  if (literal?.is === 'string') timeText(literal.text, isDay ? 9 : 0);
  edits.replace({ start: node.start, end: expression.start }, isDay ? 'date(' : 'datetime(');
  edits.replace({ start: expression.end, end: node.end }, ')');
  return { kind: isDay ? { is: 'date' } : { is: 'time', precision: 0 }, nullable };
}
