import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHubServer, type HubServer, type HubServerOptions, type Logger } from '../../../src/signalr';
import type { Hub } from '../../../src/signalr';
import { type ClientOptions } from 'ws';
import { FakeClock } from './fake-clock';
import { WireClient } from './wire-client';

/** What was logged, at the levels that need attention. */
export class LogRecorder implements Logger {
  readonly errors: { fields: object; message: string }[] = [];
  readonly debugged: { fields: object; message: string }[] = [];

  debug(fields: object, message: string): void {
    this.debugged.push({ fields, message });
  }

  info(): void {
    expect('info').toBe('not used by the library');
  }

  warn(fields: object, message: string): void {
    this.errors.push({ fields, message });
  }

  error(fields: object, message: string): void {
    this.errors.push({ fields, message });
  }

  /** Returns the errors that a test expects; any that are left fail it. */
  takeErrors(): string[] {
    return this.errors.splice(0).map(({ message }) => message);
  }
}

/** Options of a hub without principals. */
export type HubOptions = Omit<HubServerOptions<undefined>, 'logger'>;

/** A hub that runs on a real socket. */
export interface RunningHub<P> {
  readonly server: HubServer<P>;
  readonly http: Server;
  /** `http://127.0.0.1:port/hub` */
  readonly url: string;
  readonly log: LogRecorder;
  /** A raw client after its handshake, without negotiation. */
  readonly connect: (options?: ClientOptions) => Promise<WireClient>;
  /** A raw client before its handshake. */
  readonly open: (query?: string, options?: ClientOptions) => Promise<WireClient>;
}

/**
 * Runs hubs for the tests of a file. Each is closed after its test, which fails if an error was logged unexpectedly.
 */
export function useHubs(): {
  run<P>(hub: Hub<P>, options: Omit<HubServerOptions<P>, 'logger'>): Promise<RunningHub<P>>;
} {
  const running: {
    server: { close(): Promise<void> };
    http: Server;
    log: LogRecorder;
    clients: WireClient[];
    clock: unknown;
  }[] = [];

  afterEach(async () => {
    for (const { server, http, log, clients, clock } of running.splice(0)) {
      for (const client of clients) client.socket.terminate();
      const closed = server.close();
      // Clients of the HTTP transports do not answer the close.
      if (clock instanceof FakeClock) clock.advance(20_000);
      await closed;
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      expect(log.errors).toEqual([]);
    }
  });

  return {
    async run<P>(hub: Hub<P>, options: Omit<HubServerOptions<P>, 'logger'>) {
      const log = new LogRecorder();
      const server = createHubServer<P>(hub, { ...options, logger: log } as HubServerOptions<P>);
      const http = await listen(server.handler);
      server.attach(http, '/hub');
      const clients: WireClient[] = [];
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hub`;
      const keep = async (opening: Promise<WireClient>): Promise<WireClient> => {
        const client = await opening;
        clients.push(client);
        return client;
      };
      const socketUrl = url.replace('http', 'ws');
      running.push({ server, http, log, clients, clock: options.clock });
      return {
        server,
        http,
        url,
        log,
        connect: (clientOptions) => keep(WireClient.connect(socketUrl, clientOptions)),
        open: (query = '', clientOptions) => keep(WireClient.open(socketUrl + query, clientOptions)),
      };
    },
  };
}

/** An HTTP server on a free port of the loopback. */
export async function listen(handler?: RequestListener): Promise<Server> {
  const http = createServer(handler ?? (() => undefined));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return http;
}

/** `http://127.0.0.1:port` */
export function urlOf(http: Server): string {
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
