import { gzipSync } from 'node:zlib';
import { repeat, send, type Attack, type Target } from './attack';

/** The largest body by default, less a little. */
const BODY_BYTES = 10 * 1024 * 1024 - 1000;

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const zeros = (): string => `{"x":[${'0,'.repeat(BODY_BYTES / 2 - 10)}0]}`;

async function postGzipped(target: Target, path: string, body: Buffer, token: string): Promise<number> {
  return send(target, path, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body, token });
}

/** Posts one body of rows, again and again, to a data source with these columns. */
function rowsAttack(name: string, source: string, columns: readonly string[], body: () => string): Attack {
  return {
    name,
    async prepare(target) {
      const schema = gzipSync(`SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}`);
      const made = await postGzipped(target, `/v0/datasources?name=${source}`, schema, target.admin);
      if (made !== 200) throw new Error(`the data source of "${name}" could not be made: ${made}`);
    },
    async run(target, signal) {
      const rows = gzipSync(body());
      await repeat(4, signal, () => postGzipped(target, `/v0/events?name=${source}`, rows, target.token));
    },
  };
}

/** Rows and schemas of the largest body whose cost is a product: of columns, bytes, depths and definitions. */
export const ROW_ATTACKS: readonly Attack[] = [
  rowsAttack(
    '500 columns on one path, a row of 10 MB',
    'a1',
    range(500, (n) => `c${n} Int64 \`json:$\``),
    zeros,
  ),
  rowsAttack(
    '500 texts of one whole row of 10 MB',
    'a2',
    range(500, (n) => `c${n} String \`json:$\``),
    zeros,
  ),
  rowsAttack(
    '500 types that fail at the last byte',
    'a3',
    range(500, (n) => `c${n} Array(FixedString(${n + 1})) \`json:$.x\``),
    () => `{"x":[${'"a",'.repeat(BODY_BYTES / 4 - 1000)}"${'a'.repeat(1000)}"]}`,
  ),
  rowsAttack(
    'whole fields in each other, 62 deep',
    'a4',
    range(496, (n) => `c${n} String \`json:$${'.a'.repeat(n % 62)}\``),
    () => `${'{"a":'.repeat(61)}${zeros().slice(0, -1000)}0]}${'}'.repeat(61)}`,
  ),
  rowsAttack('maps of integers', 'a5', ['x Map(Int64, Int8)'], () => {
    return `{"x":{${range(BODY_BYTES / 12, (n) => `"${n}":1`).join(',')}}}`;
  }),
  rowsAttack(
    '100,000 rows that lack 500 columns',
    'a6',
    range(500, (n) => `c${n} Int64`),
    () => '{}\n'.repeat(99_999),
  ),
  {
    name: '64 short bodies of rows that lack 500 columns',
    async prepare(target) {
      const schema = `SCHEMA >\n${range(500, (n) => `    c${n} Int64 DEFAULT 5`).join(',\n')}`;
      await send(target, '/v0/datasources?name=a7', { method: 'POST', body: schema, token: target.admin });
    },
    async run(target, signal) {
      const body = '{}\n'.repeat(64_000);
      await repeat(64, signal, () => send(target, '/v0/events?name=a7', { method: 'POST', body, token: target.token }));
    },
  },
  {
    name: '64 short bodies in which no line is a row',
    async run(target, signal) {
      const body = 'x\n'.repeat(95_000);
      await repeat(64, signal, () => send(target, '/v0/events?name=a8', { method: 'POST', body, token: target.token }));
    },
  },
  {
    name: 'fields with long names, deep in each other',
    async run(target, signal) {
      const key = 'k'.repeat(160_000);
      const inner = `{${range(400, (n) => `"c${n}":1`).join(',')}}`;
      const body = gzipSync(`${`{"${key}":`.repeat(60)}${inner}${'}'.repeat(60)}`);
      await repeat(4, signal, (loop) => postGzipped(target, `/v0/events?name=b${loop}`, body, target.token));
    },
  },
  {
    name: 'schemas of 10 MB',
    async run(target, signal) {
      const schemas = [
        `SCHEMA >\n    a String DEFAULT '${'\\'.repeat(BODY_BYTES)}'`,
        `SCHEMA >\n${range(600_000, (n) => `    c${n} Int8`).join(',\n')}`,
        `SCHEMA >\n${range(500, (n) => `    c${n} Array(String) DEFAULT [${"'a',".repeat(100)}'a']`).join(',\n')}`,
      ].map((schema) => gzipSync(schema));
      await repeat(schemas.length, signal, (loop) =>
        postGzipped(target, '/v0/datasources?name=c', schemas[loop]!, target.token),
      );
    },
  },
];
