// The baseline of scenarios that post rows: `node:http`, JSON.parse of each line, an answer to each request; nothing is
// checked or stored.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const lines = Buffer.concat(chunks).toString('utf8').split('\n');
    const rows = lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
    const body = `{"successful_rows":${rows.length},"quarantined_rows":0}`;
    const status = request.url?.includes('wait=true') === true ? 200 : 202;
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
