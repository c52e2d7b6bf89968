import { FrameSplitter } from '../../../src/signalr/transports/frame-splitter';

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const FINAL = 0x80;
const RSV1 = 0x40;
const LONG = 16 * 1024;
const MASK = Buffer.from([0x12, 0xff, 0x00, 0x81]);

/** A frame as a client sends it: masked, its length in the shortest form unless another is asked for. */
function frame(first: number, payload: Buffer | number, lengthBytes?: number): Buffer {
  const bytes = typeof payload === 'number' ? Buffer.alloc(payload, 'p') : payload;
  const size = bytes.length;
  const width = lengthBytes ?? (size < 126 ? 0 : size < 65_536 ? 2 : 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([
    Buffer.of(first, 0x80 | (width === 0 ? size : width === 2 ? 126 : 127)),
    length.subarray(8 - width),
    MASK,
    bytes.map((byte, i) => byte ^ MASK[i % 4]!),
  ]);
}

interface Read {
  readonly first: number;
  readonly payload: Buffer;
}

/** The frames in what was passed on, unmasked. */
function framesOf(bytes: Buffer): Read[] {
  const frames: Read[] = [];
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at + 1]! & 0x7f;
    const width = code === 126 ? 2 : code === 127 ? 8 : 0;
    const size = width === 2 ? bytes.readUInt16BE(at + 2) : width === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : code;
    const start = at + 2 + width + 4;
    const mask = bytes.subarray(start - 4, start);
    const payload = bytes.subarray(start, start + size).map((byte, i) => byte ^ mask[i % 4]!);
    frames.push({ first: bytes[at]!, payload: Buffer.from(payload) });
    at = start + size;
  }
  return frames;
}

/** A splitter that goes on after each frame, and what it passes on. */
function splitter(mayGoOn: () => boolean = () => true): {
  frames: FrameSplitter;
  passed: () => Buffer;
  taken: Buffer[];
} {
  const taken: Buffer[] = [];
  const frames = new FrameSplitter({ take: (bytes) => taken.push(bytes), mayGoOn });
  return { frames, taken, passed: () => Buffer.concat(taken) };
}

const text = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, i) => i * 7));
const payloads = [text(5), text(0), text(126), text(LONG - 1), text(LONG), text(70_001), text(3)];

describe('FrameSplitter', () => {
  it.each([1, 2, 3, 7, 1000, 65_536, 1_000_000])(
    'passes on all bytes, those of long frames as messages of their own, in pieces of %d bytes',
    (size) => {
      const { frames, passed } = splitter();
      const bytes = Buffer.concat(payloads.map((payload) => frame(BINARY | FINAL, payload)));
      let mostHeld = 0;
      for (let at = 0; at < bytes.length; at += size) {
        const piece = Buffer.from(bytes.subarray(at, at + size));
        if (frames.push(piece) !== piece.length) throw new Error('a piece was not taken');
        mostHeld = Math.max(mostHeld, frames.held);
      }
      expect(mostHeld).toBeLessThan(LONG);
      const read = framesOf(passed());
      expect(Buffer.concat(read.map(({ payload }) => payload)).equals(Buffer.concat(payloads))).toBe(true);
      expect(read.every(({ first }) => first === (BINARY | FINAL))).toBe(true);
      expect([frames.unfinished, frames.held]).toEqual([false, 0]);
    },
  );

  it('passes a chunk of short messages on as it is', () => {
    const { frames, taken } = splitter();
    const chunk = Buffer.concat([frame(BINARY | FINAL, 10), frame(BINARY | FINAL, 300)]);
    frames.push(chunk);
    expect(taken).toEqual([chunk]);
    expect(taken[0]).toBe(chunk);
  });

  it('passes a long frame on as it comes, and holds nothing of it', () => {
    const { frames, passed } = splitter();
    const bytes = frame(TEXT | FINAL, text(50_000));
    frames.push(Buffer.from(bytes.subarray(0, 20_000)));
    const [first] = framesOf(passed());
    expect(first?.payload.equals(text(50_000).subarray(0, 20_000 - 8))).toBe(true);
    expect([frames.unfinished, frames.held]).toEqual([true, 0]);
  });

  it.each<[string, ...(readonly [number, number])[]]>([
    ['a long binary message behind a text', [TEXT, 31], [BINARY, LONG]],
    ['a long text behind a binary message', [BINARY, 31], [TEXT, LONG]],
    ['a short text behind a long binary message', [BINARY, 70_000], [TEXT, 5]],
    ['a long text behind a long binary message', [BINARY, 70_000], [TEXT, 70_000]],
    ['a long text, first of all', [TEXT, LONG], [BINARY, 3]],
  ])('keeps text and binary apart: %s', (_, ...messages) => {
    const { frames, passed } = splitter();
    for (const [kind, size] of messages) frames.push(frame(kind | FINAL, size));
    const read = framesOf(passed());
    expect(read.map(({ first, payload }) => [first, payload.length])).toEqual(
      messages.map(([kind, size]) => [kind | FINAL, size]),
    );
  });

  it('makes a message of every fragment, with the control frames between them', () => {
    const { frames, passed } = splitter();
    const parts = [frame(TEXT, text(10)), frame(PING | FINAL, 4), frame(CONTINUATION, 0)];
    frames.push(Buffer.concat(parts));
    expect([frames.unfinished, frames.held]).toEqual([true, 0]);
    frames.push(frame(CONTINUATION | FINAL, text(300)));
    expect(framesOf(passed())).toEqual([
      { first: TEXT | FINAL, payload: text(10) },
      { first: PING | FINAL, payload: Buffer.alloc(4, 'p') },
      { first: TEXT | FINAL, payload: Buffer.alloc(0) },
      { first: TEXT | FINAL, payload: text(300) },
    ]);
    expect(frames.unfinished).toBe(false);
  });

  it.each([
    ['a continuation of nothing', [frame(CONTINUATION | FINAL, 3)], CONTINUATION | FINAL],
    ['a message within another', [frame(BINARY, 3), frame(TEXT | FINAL, 3)], CONTINUATION | FINAL],
    ['a reserved opcode', [frame(0x3 | FINAL, 3)], 0x3 | FINAL],
    ['a reserved bit', [frame(BINARY | FINAL | RSV1, LONG)], BINARY | FINAL | RSV1],
  ])('leaves it to the library to refuse %s, and looks at nothing that follows', (_, sent, refused) => {
    const { frames, passed } = splitter();
    frames.push(Buffer.concat(sent));
    expect(framesOf(passed()).pop()?.first).toBe(refused);
    const length = passed().length;
    expect(frames.push(frame(BINARY | FINAL, 5))).toBe(11);
    expect(passed()).toHaveLength(length);
  });

  it('looks at nothing behind a Close frame', () => {
    const { frames, passed } = splitter();
    const close = frame(CLOSE | FINAL, Buffer.of(3, 0xe8));
    const chunk = Buffer.concat([frame(BINARY | FINAL, 3), close, frame(BINARY | FINAL, 3)]);
    expect(frames.push(chunk)).toBe(chunk.length);
    expect(framesOf(passed()).map(({ first }) => first)).toEqual([BINARY | FINAL, CLOSE | FINAL]);
  });

  it.each([
    ['32 short frames', frame(PING | FINAL, 4), 32],
    ['a long frame', frame(BINARY | FINAL, LONG), 1],
  ])('stops after %s, which are passed on, when its target wants to go on later', (_, one, count) => {
    const { frames, passed } = splitter(() => false);
    const chunk = Buffer.concat(Array.from({ length: 2 * count + 1 }, () => one));
    const taken = frames.push(chunk);
    expect(taken).toBe(count * one.length);
    expect(framesOf(passed())).toHaveLength(count);
    expect(frames.push(chunk.subarray(taken))).toBe(taken);
    frames.push(chunk.subarray(2 * taken));
    expect(framesOf(passed())).toHaveLength(2 * count + 1);
  });

  it('holds no more than the bytes of a short frame that is not complete', () => {
    const { frames } = splitter();
    frames.push(Buffer.concat([frame(BINARY | FINAL, 1000), frame(BINARY | FINAL, 100).subarray(0, 56)]));
    expect([frames.unfinished, frames.held]).toEqual([true, 50]);
  });
});
