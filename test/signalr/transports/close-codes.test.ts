import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, method } from '../../../src/signalr';
import { Utf8Check } from '../../../src/signalr/transports/utf8-check';
import { Deferred } from '../support/deferred';
import { FakeClock } from '../support/fake-clock';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();
const TEXT = 0x81;
const BINARY = 0x82;
const CLOSE = 0x88;

/** RFC 6455, 5.2: a frame of a client, with a mask that changes nothing. */
function frame(first: number, payload: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(payload as string);
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff];
  const [short, ...long] = length;
  return Buffer.concat([Buffer.from([first, 0x80 | short!, ...long, 0, 0, 0, 0]), bytes]);
}

async function run() {
  const gone = new Deferred<Error | undefined>();
  const hub = defineHub(
    { Echo: method(['json'], (_, value) => value) },
    {
      onDisconnected: (_, error) => {
        gone.resolve(error);
      },
    },
  );
  const running = await hubs.run(hub, { clock: new FakeClock() });
  const socket = connect((running.http.address() as AddressInfo).port, '127.0.0.1');
  let received = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => (received = Buffer.concat([received, bytes]))).on('error', () => undefined);
  socket.write(
    'GET /hub HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  while (!received.includes('\r\n\r\n')) await turn();
  socket.write(frame(TEXT, '{"protocol":"json","version":1}\x1e'));
  while (!received.includes('{}\x1e')) await turn();
  return { socket, gone: gone.promise, received: () => received };
}

/** Sends frames; resolves to the code of the close frame that comes, which is the last thing that does. */
async function codeFor(socket: Socket, received: () => Buffer, ...frames: Buffer[]): Promise<number> {
  socket.write(Buffer.concat(frames));
  for (;;) {
    const bytes = received();
    if (bytes.at(-4) === CLOSE && bytes.at(-3) === 2) return bytes.readUInt16BE(bytes.length - 2);
    await turn();
  }
}

const BAD = Buffer.from([0x22, 0xc3, 0x28, 0x22, 0x1e]);
const ECHO = '{"type":1,"invocationId":"e","target":"Echo","arguments":["é€😀"]}\x1e';

describe('what breaks the rules of WebSockets', () => {
  it.each([
    ['text that is not UTF-8', 1007, [frame(TEXT, BAD)]],
    ['an overlong form', 1007, [frame(TEXT, Buffer.from([0xc0, 0xaf, 0x1e]))]],
    ['a surrogate in text', 1007, [frame(TEXT, Buffer.from([0xed, 0xa0, 0x80, 0x1e]))]],
    ['text that is not UTF-8 in a string', 1007, [frame(TEXT, Buffer.from('{"type":6,"x":"\xff"}\x1e', 'latin1'))]],
    ['text that is not UTF-8 in a later fragment', 1007, [frame(0x01, '{"type"'), frame(0x00, ':6'), frame(0x80, BAD)]],
    ['text that is not UTF-8 in a long frame', 1007, [frame(TEXT, Buffer.concat([Buffer.alloc(20_000, 'x'), BAD]))]],
    ['a reserved bit', 1002, [frame(TEXT | 0x40, '{"type":6}\x1e')]],
    ['an opcode that is not known', 1002, [frame(0x83, 'x')]],
    ['a control opcode that is not known', 1002, [frame(0x8b, 'x')]],
    ['a frame without a mask', 1002, [Buffer.from([TEXT, 1, 0x78])]],
    ['a continuation of nothing', 1002, [frame(0x80, 'x')]],
    ['a message within another', 1002, [frame(0x01, 'x'), frame(TEXT, 'y')]],
    ['a ping in fragments', 1002, [frame(0x09, 'x')]],
    ['a ping of 126 bytes', 1002, [frame(0x89, 'x'.repeat(126))]],
    ['a close frame with half a code', 1002, [frame(CLOSE, 'x')]],
    ['a close frame with a code that may not be sent', 1002, [frame(CLOSE, Buffer.from([0x03, 0xed]))]],
  ])('closes the socket with its code: %s', async (_, code, frames) => {
    const { socket, received, gone } = await run();
    // What came before is answered first.
    expect(await codeFor(socket, received, frame(TEXT, ECHO), ...frames)).toBe(code);
    expect(received().includes('"result":"é€😀"')).toBe(true);
    // The hub hears at once that it was no good order, though the client never closes its side.
    expect(await gone).toBeInstanceOf(Error);
    socket.destroy();
  });

  it('closes the socket with 1009 for a frame that is longer than any may be', async () => {
    const { socket, received } = await run();
    const head = Buffer.from([BINARY, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await codeFor(socket, received, head)).toBe(1009);
    expect(received().toString()).toContain('The maximum message size of 32768B was exceeded.');
    socket.destroy();
  });

  it.each([
    ['that are binary and not UTF-8, which are no messages', [frame(BINARY, BAD)]],
    ['that are no messages', [frame(TEXT, 'garbage\x1e')]],
  ])('is not broken by bytes %s: 1000', async (_, frames) => {
    const { socket, received } = await run();
    expect(await codeFor(socket, received, ...frames)).toBe(1000);
    expect(received().includes('{"type":7,"error":"Connection closed with an error."')).toBe(true);
    socket.destroy();
  });

  it.each([1, 2, 3, 5, 7])('is not broken by fragments of %i bytes that end within a character', async (size) => {
    const { socket, received } = await run();
    const bytes = Buffer.from(ECHO);
    for (let at = 0; at < bytes.length; at += size) {
      const last = at + size >= bytes.length;
      socket.write(frame((at === 0 ? 0x01 : 0x00) | (last ? 0x80 : 0), bytes.subarray(at, at + size)));
    }
    while (!received().includes('"result":"é€😀"')) await turn();
    socket.destroy();
  });
});

describe('Utf8Check', () => {
  const check = (...pieces: number[][]): boolean => {
    const utf8 = new Utf8Check();
    return pieces.every((piece) => utf8.takes(Buffer.from(piece)));
  };

  it.each([
    [
      true,
      [
        [0xf0, 0x9f],
        [0x98, 0x80],
      ],
    ],
    [true, [[0xf0], [0x9f], [0x98], [0x80], [0x41]]],
    [true, [[0xe2, 0x82], [0xac, 0xc3], [0xa9]]],
    [false, [[0xf0], [0x80]]],
    [false, [[0xf4], [0x90]]],
    [false, [[0xed], [0xa0]]],
    [false, [[0xe0, 0x9f]]],
    [false, [[0xc3], [0x41]]],
    [false, [[0x80]]],
    [false, [[0xf5]]],
    [false, [[0xc1]]],
    [false, [[0xff]]],
  ])('says %p of %j', (good, pieces) => {
    expect(check(...pieces)).toBe(good);
  });
});
