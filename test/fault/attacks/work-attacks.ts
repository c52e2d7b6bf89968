import { brotliCompressSync, gzipSync } from 'node:zlib';
import { repeat, send, type Attack } from './attack';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A zstd frame with a window of 8 MiB, made of blocks that repeat one byte. RFC 8878, section 3.1.1. */
function zstdBlocks(count: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3]);
  const blocks = Array.from({ length: count }, (_, index) => {
    const block = Buffer.alloc(4, 'S');
    block.writeUIntLE((1 << 3) | (1 << 1) | Number(index === count - 1), 0, 3);
    return block;
  });
  return Buffer.concat([header, ...blocks]);
}

/** What callers make the main thread do. */
export const WORK_ATTACKS: readonly Attack[] = [
  {
    name: '500 columns on one path, a row of 10 MB',
    async prepare(target) {
      const columns = Array.from({ length: 500 }, (_, at) => `    \`c${at}\` Int64 \`json:$\``).join(',\n');
      const body = `SCHEMA >\n${columns}\n`;
      await send(target, '/v0/datasources?name=product', { method: 'POST', body, token: target.admin });
    },
    async run(target, signal) {
      const row = gzipSync(`{"x":[${'0,'.repeat(5_000_000)}0]}\n`);
      const headers = { 'content-encoding': 'gzip' };
      await repeat(4, signal, () =>
        send(target, '/v0/events?name=product', { method: 'POST', body: row, headers, token: target.token }),
      );
    },
  },
  {
    name: '400 zstd bodies of small blocks, by a token without any scope',
    async run(target, signal) {
      const body = zstdBlocks(640);
      const headers = { 'content-encoding': 'zstd' };
      await repeat(400, signal, () =>
        send(target, '/v0/sql', { method: 'POST', body, headers, token: target.powerless }),
      );
    },
  },
  {
    name: '100 zstd bodies of small blocks, by a token that may post them',
    async run(target, signal) {
      const body = zstdBlocks(640);
      const headers = { ...JSON_TYPE, 'content-encoding': 'zstd' };
      await repeat(100, signal, () =>
        send(target, '/topics/z/streams/s/events/data', { method: 'POST', body, headers, token: target.token }),
      );
    },
  },
  {
    name: '500 tiny brotli bodies that inflate to 10 MB',
    async run(target, signal) {
      const body = brotliCompressSync(Buffer.alloc(10 * 1024 * 1024 - 100, ' '));
      const headers = { ...JSON_TYPE, 'content-encoding': 'br' };
      await repeat(500, signal, () =>
        send(target, '/topics/br/streams/s/events/data', { method: 'POST', body, headers, token: target.token }),
      );
    },
  },
  {
    name: '10 MB of parameters to /v0/sql',
    async run(target, signal) {
      const body = 'a=b&'.repeat(2_500_000);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await repeat(8, signal, () => send(target, '/v0/sql', { method: 'POST', body, headers, token: target.token }));
    },
  },
  {
    name: '10 MB of events in every post',
    async run(target, signal) {
      const event = `{"Id":"a","Timestamp":"1","Value":"${'\\u0041'.repeat(10)}","Tags":{"a":"b"}},`;
      const body = `[${event.repeat(Math.floor(10_400_000 / event.length))}{"id":"a","timestamp":1}]`;
      await repeat(4, signal, () =>
        send(target, '/topics/big/streams/s/events/data', {
          method: 'POST',
          body,
          headers: JSON_TYPE,
          token: target.token,
        }),
      );
    },
  },
  {
    name: '10 MB of bad rows in every post',
    async prepare(target) {
      await send(target, '/v0/events?name=bad&wait=true', { method: 'POST', body: '{"n":1}', token: target.admin });
    },
    async run(target, signal) {
      const body = '{"n":"x"}\n'.repeat(90_000);
      await repeat(8, signal, () => send(target, '/v0/events?name=bad', { method: 'POST', body, token: target.token }));
    },
  },
];
