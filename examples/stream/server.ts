import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import { createHubServer, defineHub, HubException, method, streamMethod } from 'writer-hub/signalr';

const hub = defineHub({
  // Down: one item after the other, until the client has enough or goes.
  Ticks: streamMethod(['number', 'number'], async function* ({ signal }, count, interval) {
    for (let tick = 1; tick <= count && !signal.aborted; tick++) {
      yield { tick, at: new Date().toISOString() };
      await delay(interval);
    }
  }),
  // Up: the answer follows the last item. While this loop is busy, the client's items wait.
  Average: method(['stream'], async (_context, items) => {
    let [sum, count] = [0, 0];
    for await (const item of items) {
      if (typeof item !== 'number') throw new HubException('Numbers only.');
      sum += item;
      count++;
    }
    return count === 0 ? null : sum / count;
  }),
  // Both at once.
  Capitals: streamMethod(['stream'], async function* (_context, items) {
    for await (const item of items) yield String(item).toUpperCase();
  }),
});
const server = createHubServer(hub);

const app = express();
app.use('/stream', server.handler);
const http = createServer(app);
server.attach(http, '/stream');
http.listen(Number(process.env['PORT'] ?? 8083), '127.0.0.1', () => {
  const address = http.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/stream`);
});
