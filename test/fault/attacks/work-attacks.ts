import { brotliCompressSync, gzipSync } from 'node:zlib';
import { repeat, send, type Attack } from './attack';

/** The largest body by default, less a little. */
const BODY_BYTES = 10 * 1024 * 1024 - 1000;

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

/** Posts one gzipped body of events again and again. */
function eventsAttack(name: string, body: () => string): Attack {
  return {
    name,
    async run(target, signal) {
      const events = gzipSync(body());
      const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
      await repeat(4, signal, () =>
        send(target, '/topics/attacked/streams/s/events/data', {
          method: 'POST',
          body: events,
          headers,
          token: target.token,
        }),
      );
    },
  };
}

/** What callers make the main thread do. */
export const WORK_ATTACKS: readonly Attack[] = [
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
  {
    name: '64 bodies of events just short enough to be read at once',
    async run(target, signal) {
      const event = `{"id":"a","timestamp":1,"value":"some value","tags":{"a":"b"}},`;
      const body = `[${event.repeat(Math.floor(127_000 / event.length))}{"id":"a","timestamp":1}]`;
      await repeat(64, signal, (loop) =>
        send(target, `/topics/short/streams/s${loop}/events/data`, {
          method: 'POST',
          body,
          headers: JSON_TYPE,
          token: target.token,
        }),
      );
    },
  },
  {
    name: '64 bodies of rows just short enough to be read at once',
    async run(target, signal) {
      const body = '{"name":"some name","n":1,"f":1.5,"t":"2024-05-06T07:08:09.123456Z"}\n'.repeat(2_700);
      await repeat(64, signal, () =>
        send(target, '/v0/events?name=short', { method: 'POST', body, token: target.token }),
      );
    },
  },
  eventsAttack('10 MB of events with 1,000 escaped tags each', () => {
    const tags = Array.from({ length: 1000 }, (_, n) => `"\\u0074${n}":""`).join(',');
    const event = `{"Id":"a","Timestamp":"1618133869000000000","tags":{${tags}}}`;
    return `[${Array.from({ length: BODY_BYTES / event.length - 1 }, () => event).join(',')}]`;
  }),
  eventsAttack('10 MB of bare values where events belong', () => `[${'1,'.repeat(BODY_BYTES / 2 - 10)}1]`),
];
