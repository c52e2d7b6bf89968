import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { inflate, inflateHere } from '../../src/http/inflate';
import { COMPRESSED, STREETS, stored, zeros } from './support/zstd';

const LIMIT = 1024 * 1024;
const text = Buffer.from('{"a":1}\n'.repeat(10_000));
const short = text.subarray(0, 200);

/** Every way a body can be encoded, by what its header says. */
const encoders = [
  ['gzip', 'gzip', (bytes: Buffer) => gzipSync(bytes)],
  ['deflate with the zlib header', 'deflate', (bytes: Buffer) => deflateSync(bytes)],
  ['deflate without it', 'deflate', (bytes: Buffer) => deflateRawSync(bytes)],
  ['br', 'br', (bytes: Buffer) => brotliCompressSync(bytes)],
  ['zstd', 'zstd', (bytes: Buffer) => stored(bytes)],
] as const;

describe.each([
  ['inflate', inflate],
  ['inflateHere', inflateHere],
])('%s', (_name, inflateAs) => {
  it.each(encoders)('inflates %s', async (_, coding, encode) => {
    expect((await inflateAs({ sent: encode(text), coding: coding, limit: LIMIT })).equals(text)).toBe(true);
    expect(await inflateAs({ sent: encode(Buffer.alloc(0)), coding: coding, limit: LIMIT })).toHaveLength(0);
  });

  it.each(encoders)('takes %s that inflates to the limit and refuses one byte more', async (_, coding, encode) => {
    expect(await inflateAs({ sent: encode(text), coding: coding, limit: text.length })).toHaveLength(text.length);
    await expect(inflateAs({ sent: encode(text), coding: coding, limit: text.length - 1 })).rejects.toMatchObject({
      code: 'message_too_large',
    });
  });

  it.each(encoders)('refuses %s that is cut off anywhere', async (_, coding, encode) => {
    const whole = encode(short);
    for (let length = 1; length < whole.length; length++) {
      await expect(inflateAs({ sent: whole.subarray(0, length), coding: coding, limit: LIMIT })).rejects.toMatchObject({
        code: 'malformed_body',
      });
    }
  });

  it.each(encoders)('refuses what stands behind the end of %s', async (_, coding, encode) => {
    const followed = Buffer.concat([encode(text), Buffer.from('and more')]);
    await expect(inflateAs({ sent: followed, coding: coding, limit: LIMIT })).rejects.toMatchObject({
      code: 'malformed_body',
    });
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'] as const)('refuses bytes that are no %s', async (coding) => {
    for (const bytes of ['{"a":1}', '\0\0\0\0', 'x']) {
      await expect(inflateAs({ sent: Buffer.from(bytes), coding: coding, limit: LIMIT })).rejects.toMatchObject({
        code: 'malformed_body',
        message: `the body is not ${coding}, as its headers say it is`,
      });
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', stored],
  ] as const)('says of %s that is cut off that it ends early', async (coding, encode) => {
    const sent = encode(Buffer.from('{"a":1}')).subarray(0, -3);
    await expect(inflateAs({ sent, coding, limit: LIMIT })).rejects.toMatchObject({
      code: 'malformed_body',
      message: `the body ends early: its ${coding} data are cut off`,
    });
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', stored],
  ] as const)('joins the members of %s', async (coding, encode) => {
    const members = Buffer.concat([encode(Buffer.from('{"a":1}\n')), encode(Buffer.from('{"a":2}\n'))]);
    expect(String(await inflateAs({ sent: members, coding: coding, limit: LIMIT }))).toBe('{"a":1}\n{"a":2}\n');
  });

  it('stops a gzip bomb at the limit, before it comes upon the damage at its end', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * LIMIT));
    bomb.fill(0xff, bomb.length - 100);
    await expect(inflateAs({ sent: bomb, coding: 'gzip', limit: 40 * LIMIT })).rejects.toMatchObject({
      code: 'malformed_body',
    });
    await expect(inflateAs({ sent: bomb, coding: 'gzip', limit: LIMIT })).rejects.toMatchObject({
      code: 'message_too_large',
    });
  });

  it('stops a zstd bomb at the limit', async () => {
    await expect(inflateAs({ sent: zeros(100), coding: 'zstd', limit: LIMIT })).rejects.toMatchObject({
      code: 'message_too_large',
    });
  });

  it.each(Object.entries(COMPRESSED))(
    'inflates what the reference implementation of zstd makes of text, %s',
    async (_, sent) => {
      expect(String(await inflateAs({ sent: Buffer.from(sent, 'base64'), coding: 'zstd', limit: LIMIT }))).toBe(
        STREETS,
      );
    },
  );

  it('skips the skippable frames of zstd', async () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const sent = Buffer.concat([skippable, stored(Buffer.from('a')), skippable, stored(Buffer.from('b'))]);
    expect(String(await inflateAs({ sent: sent, coding: 'zstd', limit: LIMIT }))).toBe('ab');
  });

  it('needs no more memory for zstd than the limit, whatever window a frame asks for', async () => {
    // A window of more than a gigabyte, and one empty block.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, 1, 0, 0]);
    const before = process.memoryUsage().arrayBuffers;
    expect(await inflateAs({ sent: frame, coding: 'zstd', limit: LIMIT })).toHaveLength(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * LIMIT);
  });

  it('refuses zstd that is cut into so many blocks that inflating it would hold up the server', async () => {
    const blocks = Buffer.concat(Array.from({ length: 200_000 }, () => [0, 0, 0]).map((block) => Buffer.from(block)));
    const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x68]), blocks, Buffer.from([1, 0, 0])]);
    await expect(inflateAs({ sent: frame, coding: 'zstd', limit: LIMIT })).rejects.toMatchObject({
      code: 'malformed_body',
      message: 'the zstd body is cut into too many small blocks',
    });
  });
});
