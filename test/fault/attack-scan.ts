// Sends the bodies that cost the most to inflate and to check, and measures how long an honest sender waits meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { startWriterHub, TOKEN } from '../../bench/support/writer-hub-server';

/** Sends something to a running server, and resolves when everything has been answered. */
export type Send = (url: string, token: string) => Promise<void>;

/** An attack on a running server. What it sends is made first, so that the process is free while it is sent. */
export interface Attack {
  readonly name: string;
  prepare(): Send;
}

/** The largest body by default, less a little. */
const BODY_BYTES = 10 * 1024 * 1024 - 1000;

const MOST_MS = 10 * 60_000;

/** How long an honest sender may wait, in milliseconds: a slice of 50 ms, and what its own request takes. */
const LONGEST_WAIT = 250;

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

async function post(target: string, token: string, body: string | Buffer, encoding?: string): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  };
  const response = await fetch(target, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
  await response.arrayBuffer();
  return response.status;
}

/** Makes a data source of some columns, and posts one body of rows to it, gzipped, so many times at once. */
function rowsAttack(name: string, source: string, columns: readonly string[], row: () => string, times = 4): Attack {
  return {
    name,
    prepare() {
      const schema = `SCHEMA >\n${columns.map((column) => `    ${column}`).join(',\n')}`;
      const body = gzipSync(row());
      return async (url, token) => {
        const made = await post(`${url}/v0/datasources?name=${source}`, token, schema);
        if (made !== 200) throw new Error(`the data source of "${name}" could not be made: ${made}`);
        await Promise.all(range(times, () => post(`${url}/v0/events?name=${source}`, token, body, 'gzip')));
      };
    },
  };
}

const zeros = (): string => `{"x":[${'0,'.repeat(BODY_BYTES / 2 - 10)}0]}`;

/** A zstd frame of window 8 MiB that is made of blocks of one byte. RFC 8878, section 3.1.1.2 */
function smallBlocks(count: number): Buffer {
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x68];
  const blocks = range(count, (n) => [(1 << 3) | (1 << 1) | Number(n === count - 1), 0, 0, 0x20]).flat();
  return Buffer.from([...header, ...blocks]);
}

const zstdAttack = (name: string, frame: Buffer): Attack => ({
  name,
  prepare: () => async (url, token) => {
    await Promise.all(range(400, () => post(`${url}/v0/sql`, token, frame, 'zstd')));
  },
});

const eventsAttack = (name: string, text: () => string): Attack => ({
  name,
  prepare() {
    const body = gzipSync(text());
    return async (url, token) => {
      const target = `${url}/topics/attacked/streams/s/events/data`;
      await Promise.all(range(4, () => post(target, token, body, 'gzip')));
    };
  },
});

/** The worst bodies of each kind: what they cost is a product of columns, bytes, blocks or fields. */
export const ATTACKS: readonly Attack[] = [
  rowsAttack(
    '500 columns on one whole row',
    'a1',
    range(500, (n) => `c${n} Int64 \`json:$\``),
    zeros,
  ),
  rowsAttack(
    '500 texts of one whole row',
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
    name: 'fields with long names, deep in each other',
    prepare() {
      const key = 'k'.repeat(160_000);
      const inner = `{${range(400, (n) => `"c${n}":1`).join(',')}}`;
      const body = gzipSync(`${`{"${key}":`.repeat(60)}${inner}${'}'.repeat(60)}`);
      return async (url, token) => {
        await Promise.all(range(4, (n) => post(`${url}/v0/events?name=b${n}`, token, body, 'gzip')));
      };
    },
  },
  {
    name: 'schemas of 10 MB',
    prepare() {
      const schemas = [
        `SCHEMA >\n    a String DEFAULT '${'\\'.repeat(BODY_BYTES)}'`,
        `SCHEMA >\n${range(600_000, (n) => `    c${n} Int8`).join(',\n')}`,
        `SCHEMA >\n${range(500, (n) => `    c${n} Array(String) DEFAULT [${"'a',".repeat(100)}'a']`).join(',\n')}`,
      ].map((schema) => gzipSync(schema));
      return async (url, token) => {
        for (const schema of schemas) await post(`${url}/v0/datasources?name=c`, token, schema, 'gzip');
      };
    },
  },
  zstdAttack('400 zstd frames of small blocks and a large window', smallBlocks(640)),
  zstdAttack('400 zstd frames of as many such blocks as are allowed', smallBlocks(390)),
  eventsAttack('events with 1000 escaped tags', () => {
    const tags = range(1000, (n) => `"\\u0074${n}":""`).join(',');
    const event = `{"Id":"a","Timestamp":"1618133869000000000","tags":{${tags}}}`;
    return `[${range(BODY_BYTES / event.length - 1, () => event).join(',')}]`;
  }),
  eventsAttack('bare values where events belong', () => `[${'1,'.repeat(BODY_BYTES / 2 - 10)}1]`),
];

/** Sends an attack while an honest sender sends one event after another; its longest wait in milliseconds. */
async function longestWait(attack: Send, url: string, token: string): Promise<number> {
  let over = false;
  let longest = 0;
  const honest = async (): Promise<void> => {
    const event = JSON.stringify([{ id: 'honest', timestamp: 1 }]);
    while (!over) {
      const started = performance.now();
      const status = await post(`${url}/topics/honest/streams/s/events/data`, token, event);
      if (status !== 200) throw new Error(`an honest event was answered ${status}`);
      longest = Math.max(longest, performance.now() - started);
      await delay(10);
    }
  };
  const sending = honest();
  await attack(url, token).finally(() => {
    over = true;
  });
  await sending;
  return longest;
}

function main(): Promise<boolean> {
  return withTemporaryDirectory(async (directory) => {
    const server = await startWriterHub(directory);
    try {
      const failed: string[] = [];
      for (const attack of ATTACKS) {
        const send = attack.prepare();
        const started = performance.now();
        const longest = await longestWait(send, server.url, TOKEN);
        const took = Math.round(performance.now() - started);
        print(`${attack.name}: an honest event waited ${Math.round(longest)} ms at most (the attack took ${took} ms)`);
        if (longest > LONGEST_WAIT) failed.push(attack.name);
      }
      if (failed.length > 0) print(`honest events waited more than ${LONGEST_WAIT} ms: ${failed.join('; ')}`);
      return failed.length === 0;
    } finally {
      await server.stop();
    }
  });
}

if (require.main === module) void runScript(MOST_MS, main);
