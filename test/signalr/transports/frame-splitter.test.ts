import { FrameTracker } from '../../../src/signalr/transports/frame-tracker';

const CONTINUATION = 0x0;
const BINARY = 0x2;
const PING = 0x9;
const FINAL = 0x80;

/** A frame as a client sends it: masked, its length in the shortest form unless another is asked for. */
function frame(first: number, size: number, lengthBytes = size < 126 ? 0 : size < 65_536 ? 2 : 8): Buffer {
  const code = lengthBytes === 0 ? size : lengthBytes === 2 ? 126 : 127;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([
    Buffer.of(first, 0x80 | code),
    length.subarray(8 - lengthBytes),
    Buffer.from('mask'),
    Buffer.alloc(size, 0xff),
  ]);
}

function pushInPieces(tracker: FrameTracker, bytes: Buffer, size: number): number[] {
  const held: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    tracker.push(bytes.subarray(at, at + size));
    held.push(tracker.held);
  }
  return held;
}

describe('FrameTracker', () => {
  const messages: [string, Buffer[]][] = [
    ['an empty message', [frame(BINARY | FINAL, 0)]],
    ['a short message', [frame(BINARY | FINAL, 125)]],
    ['a length in 16 bits', [frame(BINARY | FINAL, 126)]],
    ['a length in 64 bits', [frame(BINARY | FINAL, 70_000)]],
    ['a short length in 64 bits', [frame(BINARY | FINAL, 3, 8)]],
    ['fragments', [frame(BINARY, 10), frame(CONTINUATION, 300), frame(CONTINUATION | FINAL, 1)]],
    ['empty fragments', [frame(BINARY, 0), frame(CONTINUATION, 0), frame(CONTINUATION | FINAL, 0)]],
    ['a ping between fragments', [frame(BINARY, 10), frame(PING | FINAL, 4), frame(CONTINUATION | FINAL, 10)]],
    ['a ping alone', [frame(PING | FINAL, 100)]],
  ];

  it.each(messages)('holds %s until its last byte, in pieces of any size', (_, frames) => {
    const bytes = Buffer.concat(frames);
    for (const size of [1, 2, 3, 7, 64, 1000, bytes.length]) {
      const tracker = new FrameTracker();
      for (let round = 0; round < 3; round++) {
        const held = pushInPieces(tracker, bytes, size);
        expect(held.pop()).toBe(0);
        expect(held.findIndex((cost, i) => cost < (i + 1) * size)).toBe(-1);
      }
    }
  });

  it('holds only what follows the last message of a chunk', () => {
    const tracker = new FrameTracker();
    const next = frame(BINARY, 5);
    tracker.push(Buffer.concat([frame(BINARY | FINAL, 1000), frame(PING | FINAL, 1), next]));
    expect(tracker.held).toBeGreaterThanOrEqual(next.length);
    expect(tracker.held).toBeLessThan(next.length + 500);
    tracker.push(frame(CONTINUATION | FINAL, 0));
    expect(tracker.held).toBe(0);
  });

  it('counts the objects that many small fragments become', () => {
    const tracker = new FrameTracker();
    tracker.push(frame(BINARY, 1));
    for (let i = 0; i < 100; i++)
      tracker.push(Buffer.concat(Array.from({ length: 100 }, () => frame(CONTINUATION, 1))));
    expect(tracker.held).toBeGreaterThan(10_000 * 100);
  });
});
