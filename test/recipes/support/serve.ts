import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

// Serves a recipe and prints its port: `serve.ts examples/recipes/express`.

async function serve(file: string): Promise<void> {
  const recipe = (await import(file)) as { readonly http: Server | Promise<Server> };
  const http = await recipe.http;
  if (!http.listening) await once(http, 'listening');
  process.stdout.write(`recipe: ${(http.address() as AddressInfo).port}\n`);
}

void serve(process.argv[2] ?? '');
