// The baseline of the hosting scenarios: `ws`, an answer to the handshake, and what the hub does without a protocol: a
// message is taken apart with `JSON.parse` and answered with the same text, sent on to everyone, or answered with many.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerMemory } from './control';

const SEPARATOR = '\x1e';
/** More unsent bytes than this are waited for, as everywhere. */
const HIGH_WATER_MARK = 64 * 1024;

interface Message {
  readonly target?: string;
  readonly invocationId?: string;
  readonly arguments: readonly [unknown, unknown];
}

const http = createServer((request, response) => {
  if (!answerMemory(request, response)) response.writeHead(404).end();
});
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    for (const record of data.toString('utf8').split(SEPARATOR)) {
      if (record !== '') void answer(socket, JSON.parse(record) as Message);
    }
  });
});

async function answer(socket: WebSocket, { target, invocationId, arguments: args }: Message): Promise<void> {
  if (target === undefined) socket.send(`{}${SEPARATOR}`);
  else if (target === 'Broadcast') broadcast(args);
  else if (target === 'Echo') send(socket, { type: 3, invocationId, result: args[0] });
  else await stream(socket, invocationId, args);
}

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message) + SEPARATOR);
}

async function stream(
  socket: WebSocket,
  invocationId: string | undefined,
  [count, item]: readonly unknown[],
): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    const text = JSON.stringify({ type: 2, invocationId, item }) + SEPARATOR;
    if (socket.bufferedAmount < HIGH_WATER_MARK) socket.send(text);
    else
      await new Promise((resolve) => {
        socket.send(text, resolve);
      });
  }
  send(socket, { type: 3, invocationId });
}

function broadcast(values: readonly unknown[]): void {
  const bytes = Buffer.from(JSON.stringify({ type: 1, target: 'News', arguments: values }) + SEPARATOR);
  for (const socket of server.clients) socket.send(bytes, { binary: false });
}

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
