import * as fc from 'fast-check';

/** Columns of the table `r`, by what is done with them. */
const NUMBERS = ['i', 'j', 'u', 'w', 'f', 'd', 'dd', 'n', 'b'];
const TEXTS = ['s', 'ns'];
const TIMES = ['t', 't3', 'day'];

const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const build = (parts: TemplateStringsArray, ...values: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...values).map((texts) => parts.map((part, index) => `${part}${texts[index] ?? ''}`).join(''));

const number = oneOf('0', '1', '2', '3', '-1', '7', '100', '0.5', '1.5', '-2.5', '0.1', '3600', '9223372036854775807');
const text = oneOf("''", "'a'", "'A'", "'é1'", "'ab'", "'a%b'", "'Zürich'", String.raw`'a\\b'`);
const numberText = oneOf("'1'", "'2'", "'0.5'", "'x'", "'-1'");
const time = oneOf(
  "'2024-03-10 10:00:00'",
  "'2024-03-10T10:00:00.000Z'",
  "'2024-03-10T11:00:00+01:00'",
  "'2024-03-10'",
  "'2024-03-10 10:00:00.5'",
  "'2024-03-10 10:00:00.250'",
  '1710064800',
  "'1970-01-01'",
  "'nonsense'",
);
const pattern = oneOf("'a%'", "'%A%'", "'_'", "'%é%'", String.raw`'a\%b'`, "'%'");
const comparison = oneOf('=', '<>', '<', '<=', '>', '>=');

const column = {
  number: oneOf(...NUMBERS),
  text: oneOf(...TEXTS),
  time: oneOf(...TIMES),
  any: oneOf(...NUMBERS, ...TEXTS, ...TIMES, 'uu'),
};

/** Texts by what they are. A type rather than an interface, which fast-check would not take. */
type Grammar = {
  number: string;
  text: string;
  time: string;
  condition: string;
};

const grammar = fc.letrec<Grammar>((tie) => {
  const a = tie('number');
  const b = tie('number');
  const s = tie('text');
  const p = tie('time');
  const c = tie('condition');
  return {
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      column.number,
      number,
      build`(${a} ${oneOf('+', '-', '*', '/')} ${b})`,
      build`(${a} % ${oneOf('3', '-2', '0.3')})`,
      build`(- ${oneOf('i', 'j', 'u', 'w', 'd', 'dd', 'n', 'b')})`,
      build`abs(${column.number})`,
      build`round(${a}${oneOf('', ', 0', ', 1')})`,
      build`round(${oneOf('25', '-15', 'length(s)')}, -1)`,
      build`length(${fc.oneof(s, fc.constant('arr'), fc.constant('m'))})`,
      build`lengthUTF8(${column.text})`,
      build`intDiv(${oneOf('i', 'j', 'n', 'length(s)')}, ${oneOf('2', '3', '-2')})`,
      build`mod(${a}, ${oneOf('2', '3')})`,
      build`coalesce(${a}, ${b})`,
      build`if(${c}, ${a}, ${b})`,
      build`CASE WHEN ${c} THEN ${a} ELSE ${b} END`,
      // ClickHouse's decimals become doubles that are a last digit off.
      build`CAST(${oneOf('i', 'j', 'n', 'b', 'f', 'length(s)')} AS Float64)`,
      build`(t - ${oneOf('t', "'2024-03-10'", 't3')})`,
      build`floor(${a})`,
      build`nullif(${a}, ${number})`,
      build`position(${column.text}, ${text})`,
      build`(SELECT max(${column.number}) FROM r)`,
    ),
    text: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      column.text,
      text,
      build`(${s} || ${fc.oneof(s, column.number, column.time, number)})`,
      build`concat(${s}, ${s})`,
      build`lower(${s})`,
      build`substring(${oneOf("'hello'", 'CAST(i AS String)', 'CAST(n AS String)', "''")}, ${oneOf('1', '2', '-1', '-2', '0')}, ${oneOf('1', '2', '-1', '0')})`,
      build`substringUTF8(${s}, 1, 1)`,
      build`CAST(${a} AS String)`,
      build`coalesce(${s}, ${text})`,
      build`if(${c}, ${s}, ${s})`,
      build`replace(${s}, 'a', 'b')`,
      build`nullif(${s}, ${text})`,
    ),
    time: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      column.time,
      column.time,
      build`(t + ${oneOf('3600', 'length(s)', '86399')})`,
      build`coalesce(${p}, ${p})`,
      build`if(${c}, ${p}, ${p})`,
      build`CAST(${p} AS Date)`,
      build`date(${p})`,
    ),
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      build`${a} ${comparison} ${b}`,
      build`${column.number} ${comparison} ${fc.oneof(number, numberText)}`,
      build`${s} ${comparison} ${s}`,
      build`${s} ${comparison} ${number}`,
      build`${p} ${comparison} ${fc.oneof(time, p)}`,
      build`${column.time} BETWEEN ${time} AND ${time}`,
      build`${column.time} IN (${time}, ${time})`,
      build`${a} BETWEEN ${number} AND ${b}`,
      build`${a} ${oneOf('IN', 'NOT IN')} (${number}, ${number})`,
      build`${column.number} ${oneOf('IN', 'NOT IN')} (SELECT ${column.number} FROM r)`,
      build`${column.number} IN ()`,
      build`${s} IN (${text}, ${text})`,
      build`${s} ${oneOf('LIKE', 'NOT LIKE')} ${pattern}`,
      build`${fc.oneof(a, s, p)} IS ${oneOf('NULL', 'NOT NULL')}`,
      build`(${c} ${oneOf('AND', 'OR')} ${c})`,
      build`NOT (${c})`,
      build`uu ${oneOf('=', '<', '<>')} ${oneOf("'61F0C404-5CB3-11E7-907B-A6006AD3DBA0'", "'x'")}`,
      build`arr = 'a'`,
      build`b ${oneOf('=', '<>')} ${oneOf('true', '1', "'true'", '0')}`,
    ),
  };
});

const { number: n, text: s, time: p, condition: c } = grammar;
const value = fc.oneof(n, s, p, c, column.any);

const aggregate = fc.oneof(
  oneOf('count(*)', 'count(DISTINCT n)', 'count(ns)', 'min(uu)', 'sum(DISTINCT i)', 'group_concat(s)'),
  build`${oneOf('sum', 'min', 'max', 'count')}(${n})`,
  build`avg(${oneOf('i', 'n', 'd', 'f', 'i / 2', 'b')})`,
  build`${oneOf('min', 'max', 'sum')}(${p})`,
  build`${oneOf('min', 'max')}(${s})`,
  // ClickHouse's average of UInt64 overflows.
  build`${oneOf('sum', 'min', 'max', 'count')}(${column.number}) FILTER (WHERE ${c})`,
  build`(sum(${column.number}) ${oneOf('+', '-', '/', '*')} ${oneOf('count(*)', '2', 'sum(i)')})`,
  build`(max(${column.time}) - min(${column.time}))`,
);

const order = build`ORDER BY ${fc.oneof(column.any, n)} ${oneOf('', 'ASC', 'DESC')}, k`;

/** Queries of the table `r`, in the words that both engines have. Sorted ones end with the key `k`. */
export const queries: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: build`SELECT k, ${value} AS x, ${value} AS y FROM r` },
  { weight: 3, arbitrary: build`SELECT k FROM r WHERE ${c}` },
  {
    weight: 2,
    arbitrary: build`SELECT k, ${value} AS x FROM r ${order} LIMIT ${oneOf('1', '3', '3, 2', '2 OFFSET 1')}`,
  },
  { weight: 4, arbitrary: build`SELECT ${aggregate} AS x, ${aggregate} AS y FROM r WHERE ${c}` },
  {
    weight: 4,
    arbitrary: build`SELECT ${value} AS x, ${aggregate} AS y FROM r GROUP BY ${oneOf('x', '1', 'i, s, t3, ns, n, j, u, w, f, d, dd, t, day, b, uu')}`,
  },
  {
    weight: 2,
    arbitrary: build`SELECT ${column.any} AS x, ${aggregate} AS y FROM r GROUP BY 1 HAVING ${aggregate} > ${number}`,
  },
  { weight: 2, arbitrary: build`SELECT ${n} AS i, ${value} AS y FROM r WHERE i > ${number}` },
  { weight: 2, arbitrary: build`SELECT DISTINCT ${value} AS x FROM r` },
  {
    weight: 1,
    arbitrary: build`SELECT DISTINCT ${column.any} AS x FROM r ${oneOf('EXCEPT', 'INTERSECT')} SELECT ${column.any} FROM r`,
  },
  { weight: 2, arbitrary: build`SELECT ${value} AS x FROM r UNION ALL SELECT ${value} FROM r` },
  {
    weight: 1,
    arbitrary: build`SELECT x, count(*) AS y FROM (SELECT ${value} AS x FROM r UNION ALL SELECT ${value} FROM r) GROUP BY x`,
  },
  { weight: 2, arbitrary: build`WITH q AS (SELECT k, ${value} AS x FROM r) SELECT k, x FROM q WHERE x IS NOT NULL` },
  {
    weight: 2,
    arbitrary: build`SELECT a.k, b.k AS l FROM r AS a ${oneOf('JOIN', 'LEFT JOIN')} r AS b ON a.${column.any} = b.${column.any}`,
  },
  {
    weight: 2,
    arbitrary: build`SELECT k, ${oneOf('sum(i)', 'sum(d)', 'count(n)', 'max(t3)', 'row_number()', 'lag(i)', 'lag(n)', 'avg(f)', 'sum(u)', 'lag(i, 1, 0)')} OVER (ORDER BY ${oneOf('k', 'k DESC')}) AS x FROM r`,
  },
);
