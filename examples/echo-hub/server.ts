import { createServer } from 'node:http';
import express from 'express';
import { createHubServer, defineHub, HubException, method } from 'writer-hub/signalr';

const hub = defineHub({
  Echo: method(['json'], (_context, value) => value),
  Add: method(['number', 'number'], (_context, a, b) => a + b),
  Greet: method(['string'], async ({ caller, connectionId }, name) => {
    if (name === '') throw new HubException('A name is needed.');
    await caller.send('Greeting', `Hello ${name}, you are ${connectionId}.`);
  }),
});
const server = createHubServer(hub);

const app = express();
app.use('/echo', server.handler);
const http = createServer(app);
server.attach(http, '/echo');
http.listen(Number(process.env['PORT'] ?? 8081), '127.0.0.1', () => {
  const address = http.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/echo`);
});
