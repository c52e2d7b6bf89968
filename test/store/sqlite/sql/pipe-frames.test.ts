import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipeFrameReader, writeFrame } from '../../../../src/store/sqlite/sql/pipe-frames';
import { temporaryDirectory } from '../support/open-store';

const STREAMED = 3;

const written = (): Buffer => {
  const file = join(temporaryDirectory(), 'frames');
  const descriptor = openSync(file, 'w');
  writeFrame(descriptor, 1, Buffer.alloc(0));
  writeFrame(descriptor, STREAMED, Buffer.from('a long piece'));
  writeFrame(descriptor, 2, Buffer.from('whole'));
  writeFrame(descriptor, STREAMED, Buffer.alloc(0));
  writeFrame(descriptor, 4, Buffer.alloc(700, 'x'));
  closeSync(descriptor);
  return readFileSync(file);
};

/** What is read of bytes that come in pieces of a size. */
function read(bytes: Buffer, size: number): { pieces: string; frames: [number, string][] } {
  const result = { pieces: '', frames: [] as [number, string][] };
  const reader = new PipeFrameReader(STREAMED, {
    onPiece: (piece) => (result.pieces += piece.toString()),
    onFrame: (kind, payload) => result.frames.push([kind, payload.toString()]),
  });
  for (let start = 0; start < bytes.length; start += size) reader.push(bytes.subarray(start, start + size));
  return result;
}

describe('PipeFrameReader', () => {
  it.each([1, 2, 3, 7, 65_536, 1_000_000])('finds frames in pieces of %d bytes', (size) => {
    expect(read(written(), size)).toEqual({
      pieces: 'a long piece',
      frames: [
        [1, ''],
        [2, 'whole'],
        [4, 'x'.repeat(700)],
      ],
    });
  });
});
