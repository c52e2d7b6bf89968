import { createServer, type Server } from 'node:http';
import next from 'next';
import { chat } from '../chat';

async function serve(): Promise<Server> {
  // Next listens to the upgrades of this server, and closes those that it does not know.
  const upgrades = createServer();
  const app = next({ dir: __dirname, dev: process.env['NODE_ENV'] !== 'production', httpServer: upgrades });
  await app.prepare();
  const pages = app.getRequestHandler();
  const http = createServer((request, response) => {
    chat.handler(request, response, () => void pages(request, response));
  });
  chat.attach(http, '/chat');
  http.on('upgrade', (request, socket, head) => {
    if (!/^\/chat[/?]/.test(`${request.url}?`)) upgrades.emit('upgrade', request, socket, head);
  });
  return http.listen(process.env['PORT']);
}

export const http = serve();
