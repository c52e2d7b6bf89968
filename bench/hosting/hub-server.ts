// The hub of the hosting scenarios: it echoes, streams, and has every client in one group that any client can send to.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHubServer, defineHub, method, streamMethod } from 'signalr-server';
import { answerMemory } from './control';

const GROUP = 'everyone';
const hub = defineHub(
  {
    Echo: method(['string'], (_, text) => text),
    Broadcast: method(['string'], ({ clients }, text) => {
      void clients.group(GROUP).send('News', text);
    }),
    Items: streamMethod(['int32', 'string'], function* (_, count, text) {
      for (let i = 0; i < count; i++) yield text;
    }),
  },
  {
    onConnected: ({ groups, connectionId }) => groups.add(connectionId, GROUP),
  },
);
const server = createHubServer(hub, { maximumConnections: 1_000_000 });
const http = createServer((request, response) => {
  if (!answerMemory(request, response)) server.handler(request, response);
});
server.attach(http, '/hub');
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
