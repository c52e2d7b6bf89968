// The hub of the hosting scenarios: every client joins one group, and any client can have a text sent to it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHubServer, defineHub, method } from '../../src/signalr';
import { answerMemory } from './control';

const GROUP = 'everyone';
const hub = defineHub(
  {
    Broadcast: method(['string'], ({ clients }, text) => {
      void clients.group(GROUP).send('News', text);
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
