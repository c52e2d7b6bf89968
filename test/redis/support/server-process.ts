// One of several servers: node --import tsx server-process.ts <library> <port of Redis>
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHubServer, defineHub, type HubContext, type HubServer, method } from '../../../src/signalr';
import { createRedisBackplane } from '../../../src/signalr/redis';
import { createClients, type LibraryName } from './redis-libraries';

const logged: string[] = [];
const note = (_fields: object, message: string): void => void logged.push(message);
const ignore = (): void => undefined;

const hub = defineHub({
  Id: method([], ({ connectionId }: HubContext) => connectionId),
  Join: method(['string'], ({ groups, connectionId }: HubContext, name) => groups.add(connectionId, name)),
  Put: method(['string', 'string'], ({ groups }: HubContext, id, name) => groups.add(id, name)),
  Take: method(['string', 'string'], ({ groups }: HubContext, id, name) => groups.remove(id, name)),
  Ask: method(['string', 'json'], ({ clients }: HubContext, id, value) => clients.client(id).invoke('Question', value)),
  ToAll: method(['json'], ({ clients }: HubContext, value) => clients.all.send('M', value)),
  ToOthers: method(['json'], ({ clients }: HubContext, value) => clients.others.send('M', value)),
  ToGroups: method(['json', 'json'], ({ clients }: HubContext, names, value) =>
    clients.groups(names as string[]).send('M', value),
  ),
  ToUser: method(['string', 'json'], ({ clients }: HubContext, user, value) => clients.user(user).send('M', value)),
  ToClient: method(['string', 'json'], ({ clients }: HubContext, id, value) => clients.client(id).send('M', value)),
  Mixed: method(['string', 'string', 'string', 'number'], ({ clients }: HubContext, group, user, id, count) => {
    const proxies = [clients.group(group), clients.user(user), clients.client(id), clients.all];
    for (let i = 0; i < count; i++) void proxies[i % proxies.length]!.send('M', i);
  }),
  Status: method([], () => status()),
});

const server: HubServer = createHubServer<undefined>(hub, {
  authenticate: ({ headers }) => ({ principal: undefined, userId: headers['user'] as string | undefined }),
  backplane: createRedisBackplane({
    ...createClients(process.argv[2] as LibraryName, Number(process.argv[3])),
    prefix: 'test',
  }),
  forwarding: { keys: ['a key that all servers of this suite have'] },
  allowStatefulReconnects: true,
  serverTimeout: 1000,
  logger: { debug: ignore, info: note, warn: note, error: note },
});

function status(): object {
  return { ...server.backplane, connections: server.connections, logged };
}

const http = createServer(server.handler);
server.attach(http, '/hub');
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}/hub\n`);
});
