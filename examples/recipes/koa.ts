import { createServer } from 'node:http';
import Koa from 'koa';
import { chat } from './chat';

const app = new Koa();
app.use((context) => void (context.body = 'Hello'));
const others = app.callback();
export const http = createServer((request, response) => {
  chat.handler(request, response, () => void others(request, response));
});
chat.attach(http, '/chat');
http.listen(process.env['PORT']);
