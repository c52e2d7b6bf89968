import type { RequestListener } from 'node:http';
import { createHttpServer, type HttpServerOptions, listen, urlOf } from './http-server';

/** Connections that may be open at a time: those who watch a server are few. */
const MAX_CONNECTIONS = 100;

/** A port on which nothing but metrics are served. */
export interface MetricsServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects with the error of a taken or forbidden address. */
export async function startMetricsServer(
  options: HttpServerOptions,
  listener: RequestListener,
): Promise<MetricsServer> {
  const server = createHttpServer(options, listener);
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  return {
    url: urlOf(server, options),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
