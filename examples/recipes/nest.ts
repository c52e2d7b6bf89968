import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './nest-module';
import { chat } from './chat';

async function serve(): Promise<Server> {
  const app = await NestFactory.create(AppModule);
  app.use('/chat', chat.handler);
  chat.attach(app.getHttpServer(), '/chat');
  return app.listen(process.env['PORT'] ?? 8081);
}

export const http = serve();
