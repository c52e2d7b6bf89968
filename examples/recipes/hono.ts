import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { chat } from './chat';

const app = new Hono().get('/hello', (context) => context.text('Hello'));
const others = getRequestListener(app.fetch);
export const http = createServer((request, response) => {
  chat.handler(request, response, () => void others(request, response));
});
chat.attach(http, '/chat');
http.listen(process.env['PORT']);
