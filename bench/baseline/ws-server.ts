// The baseline of hub scenarios: `ws` and JSON.parse, an answer to each invocation; nothing is checked or
// stored.
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const SEPARATOR = '\x1e';
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    for (const record of data.toString('utf8').split(SEPARATOR)) {
      if (record === '') continue;
      const message = JSON.parse(record) as { invocationId?: string };
      const id = message.invocationId;
      socket.send(id === undefined ? `{}${SEPARATOR}` : `{"type":3,"invocationId":"${id}","result":null}${SEPARATOR}`);
    }
  });
});

process.once('SIGTERM', () => process.exit(0));
