// The baseline of POST scenarios: `node:http` and JSON.parse, an answer to each request; nothing is checked or
// stored.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const events: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(Array.isArray(events) ? 200 : 400, { 'Content-Length': 0 });
    response.end();
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
