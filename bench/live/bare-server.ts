// The baseline of live reading: `ws`, `JSON.parse` of what a writer sends, and a loop that sends everyone the bytes
// which the hub sends its readers: those of a batch are made once, and sent as one message. Nothing is stored.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const SEPARATOR = '\x1e';
/** A reader that takes less is left out, as none of them may fill the memory. */
const MOST_UNSENT = 8 * 1024 * 1024;

interface Invocation {
  readonly invocationId?: string;
  readonly arguments: readonly [topic: string, streamId: string, events: readonly object[]];
}

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
const readers = new Set<WebSocket>();
let offset = 0;

server.on('connection', (socket, { url }) => {
  if (url?.startsWith('/read') === true) {
    readers.add(socket);
    socket.on('close', () => readers.delete(socket));
    return;
  }
  socket.on('message', (data: Buffer) => {
    for (const record of data.toString('utf8').split(SEPARATOR)) {
      if (record !== '') answer(socket, JSON.parse(record) as Partial<Invocation>);
    }
  });
});

function answer(socket: WebSocket, { invocationId, arguments: args }: Partial<Invocation>): void {
  if (args === undefined) {
    socket.send(`{}${SEPARATOR}`);
    return;
  }
  const [, streamId, events] = args;
  const frames = events.map((event) => {
    const text = JSON.stringify({ offset: String(++offset), streamId, ...event });
    return `id: ${offset}\ndata: ${text}\n\n`;
  });
  const bytes = Buffer.from(frames.join(''));
  socket.send(`{"type":3,"invocationId":"${invocationId ?? ''}","result":null}${SEPARATOR}`);
  for (const reader of readers) {
    if (reader.bufferedAmount < MOST_UNSENT) reader.send(bytes, { binary: false });
  }
}

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
