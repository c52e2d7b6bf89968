import express from 'express';
import { chat } from './chat';

const app = express();
app.get('/hello', (_request, response) => void response.send('Hello'));
app.use('/chat', chat.handler);
export const http = app.listen(process.env['PORT']);
chat.attach(http, '/chat');
