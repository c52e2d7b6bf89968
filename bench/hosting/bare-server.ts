// The baseline of the hosting scenarios: `ws`, an answer to the handshake, and a loop that sends the same text, encoded
// once, to everyone.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerMemory } from './control';

const SEPARATOR = '\x1e';
const http = createServer((request, response) => {
  if (!answerMemory(request, response)) response.writeHead(404).end();
});
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    for (const record of data.toString('utf8').split(SEPARATOR)) {
      if (record === '') continue;
      const message = JSON.parse(record) as { target?: string; arguments?: readonly unknown[] };
      if (message.target === undefined) socket.send(`{}${SEPARATOR}`);
      else broadcast(message.arguments ?? []);
    }
  });
});

function broadcast(values: readonly unknown[]): void {
  const text = JSON.stringify({ type: 1, target: 'News', arguments: values }) + SEPARATOR;
  const bytes = Buffer.from(text);
  for (const socket of server.clients) socket.send(bytes, { binary: false });
}

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
