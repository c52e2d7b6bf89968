import { fastify } from 'fastify';
import { chat } from './chat';

const app = fastify();
app.get('/hello', () => 'Hello');
app.addHook('onRequest', (request, reply, next) => {
  chat.handler(request.raw, reply.raw, next);
});
chat.attach(app.server, '/chat');
export const http = app.listen({ port: Number(process.env['PORT']) }).then(() => app.server);
