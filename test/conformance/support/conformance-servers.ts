import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from 'cors';
import express from 'express';
import { createHubServer, type HubServer, type HubServerSettings, type Logger } from '../../../src/signalr';
import { Journal } from './journal';
import type { Kit } from './scenario';
import { makeTestHub, type Principal } from './test-hub';

/** The messages that were logged as errors. */
class ErrorLog implements Logger {
  readonly messages: string[] = [];

  debug(): void {
    // Not looked at here.
  }

  info(): void {
    // Not looked at here.
  }

  warn(_fields: object, message: string): void {
    this.messages.push(message);
  }

  error(_fields: object, message: string): void {
    this.messages.push(message);
  }
}

/** A test hub on a server of its own. */
export interface RunningTestHub {
  readonly url: string;
  readonly server: HubServer<Principal>;
  readonly http: Server;
  readonly journal: Journal;
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** The greatest message is a little larger than this. */
export const LARGEST = 1_000_000;

/** Starts a test hub on a free port. The name of a client is its token. */
export async function startTestHub(settings: HubServerSettings = {}): Promise<RunningTestHub> {
  const journal = new Journal();
  const log = new ErrorLog();
  const hub = makeTestHub({
    journal,
    closeConnection: (id, options) => {
      server.closeConnections(({ connectionId }) => connectionId === id, options);
    },
  });
  const server: HubServer<Principal> = createHubServer<Principal>(hub, {
    maximumReceiveMessageSize: LARGEST + 10_000,
    maximumSendBufferSize: 4 * LARGEST,
    ...settings,
    logger: log,
    authenticate: ({ headers: { authorization }, url = '' }) => {
      const token =
        authorization?.replace(/^Bearer /, '') ?? new URLSearchParams(url.split('?')[1]).get('access_token');
      if (token === null || token === '') return undefined;
      return { principal: { name: token }, userId: token };
    },
  });
  const app = express();
  // As docs/signalr.md advises for pages of other origins.
  app.use(cors({ origin: true, credentials: true }));
  app.use('/hub', server.handler);
  const http = createServer(app);
  server.attach(http, '/hub');
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hub`,
    server,
    http,
    journal,
    errors: log.messages,
    async close() {
      // Does not wait for clients that have vanished.
      await server.close({ timeout: 1 });
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** All servers that scenarios need. */
export interface ConformanceServers {
  readonly url: string;
  readonly urls: Kit['urls'];
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** How often the server that redirects sends a client to itself, as that of the functional tests does. */
const REDIRECTS_TO_ITSELF = 3;

/** Starts the hub, one that redirects its clients to it, and one with small limits. */
export async function startConformanceServers(): Promise<ConformanceServers> {
  const main = await startTestHub();
  const redirecting: RunningTestHub = await startTestHub({
    redirect: ({ url = '' }) => {
      const redirects = 1 + Number(new URLSearchParams(url.split('?')[1]).get('numRedirects'));
      const { url: next } = redirects <= REDIRECTS_TO_ITSELF ? redirecting : main;
      return { url: `${next}?numRedirects=${redirects}`, accessToken: 'redirected' };
    },
  });
  const limited = await startTestHub({ maximumReceiveMessageSize: 1_000 });
  const detailed = await startTestHub({ detailedErrors: true });
  return {
    url: main.url,
    urls: { redirecting: redirecting.url, limited: limited.url, detailed: detailed.url },
    errors: main.errors,
    async close() {
      for (const running of [main, redirecting, limited, detailed]) await running.close();
    },
  };
}
