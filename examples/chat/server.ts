import { createServer } from 'node:http';
import path from 'node:path';
import express from 'express';
import { createHubServer, defineHub, type HubContext, HubException, method } from 'writer-hub/signalr';

/** The room and the name of a connection. */
function seatOf({ items }: Pick<HubContext, 'items'>): { room: string; name: string } {
  const [room, name] = [items.get('room'), items.get('name')];
  if (typeof room !== 'string' || typeof name !== 'string') throw new HubException('Enter a room first.');
  return { room, name };
}

const hub = defineHub(
  {
    Enter: method(['string', 'string'], async ({ items, groups, clients, connectionId }, room, name) => {
      if (name === '' || items.has('room')) throw new HubException('One name, one room.');
      items.set('room', room).set('name', name);
      await groups.add(connectionId, room);
      clients.othersInGroup(room).send('Said', name, 'has come in');
    }),
    Say: method(['string'], (context, text) => {
      const { room, name } = seatOf(context);
      context.clients.group(room).send('Said', name, text);
    }),
  },
  {
    onDisconnected: (context) => {
      if (!context.items.has('room')) return;
      const { room, name } = seatOf(context);
      context.clients.group(room).send('Said', name, 'has left');
    },
  },
);
const server = createHubServer(hub);

const app = express();
app.get('/', (_request, response) => {
  response.sendFile(path.join(__dirname, 'page.html'));
});
app.get('/signalr.js', (_request, response) => {
  response.sendFile(require.resolve('@microsoft/signalr/dist/browser/signalr.js'));
});
app.use('/chat', server.handler);
const http = createServer(app);
server.attach(http, '/chat');
http.listen(Number(process.env['PORT'] ?? 8082), '127.0.0.1', () => {
  const address = http.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
});
