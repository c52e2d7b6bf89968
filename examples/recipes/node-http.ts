import { createServer } from 'node:http';
import { chat } from './chat';

export const http = createServer(chat.handler);
chat.attach(http, '/chat');
http.listen(process.env['PORT']);
