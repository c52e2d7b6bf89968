import { createServer } from 'node:http';
import path from 'node:path';
import express from 'express';
import { createHubServer, defineHub, type HubContext, HubException, method, streamMethod } from 'writer-hub/signalr';

/** How many messages a room remembers, and how many rooms there may be. */
const LONGEST_HISTORY = 100;
const MOST_ROOMS = 1_000;

interface Said {
  readonly name: string;
  readonly text: string;
  readonly at: number;
}

/** What is known of a room as long as somebody is in it. */
class Room {
  readonly history: Said[] = [];
  /** Who is there, by connection: one with two windows is there until both are closed. */
  readonly names = new Map<string, string>();

  get present(): string[] {
    return [...new Set(this.names.values())].sort();
  }

  remember(said: Said): void {
    this.history.push(said);
    if (this.history.length > LONGEST_HISTORY) this.history.shift();
  }
}

const rooms = new Map<string, Room>();

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
      if (room.length > 40 || name.length > 40) throw new HubException('Shorter names, please.');
      const seats = rooms.get(room) ?? new Room();
      if (!rooms.has(room) && rooms.size >= MOST_ROOMS) throw new HubException('All rooms are taken.');
      rooms.set(room, seats);
      items.set('room', room).set('name', name);
      await groups.add(connectionId, room);
      const isNew = !seats.present.includes(name);
      seats.names.set(connectionId, name);
      if (isNew) await clients.othersInGroup(room).send('Said', name, 'has come in', true);
      await clients.group(room).send('Present', seats.present);
    }),
    Say: method(['string'], async (context, text) => {
      const { room, name } = seatOf(context);
      rooms.get(room)?.remember({ name, text, at: Date.now() });
      await context.clients.group(room).send('Said', name, text);
    }),
    History: streamMethod([], (context) => [...(rooms.get(seatOf(context).room)?.history ?? [])]),
  },
  {
    onDisconnected: async ({ items, clients, connectionId }) => {
      if (!items.has('room')) return;
      const { room, name } = seatOf({ items });
      const seats = rooms.get(room);
      seats?.names.delete(connectionId);
      if (seats === undefined || seats.names.size === 0) {
        rooms.delete(room);
        return;
      }
      if (!seats.present.includes(name)) await clients.group(room).send('Said', name, 'has left', true);
      await clients.group(room).send('Present', seats.present);
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
