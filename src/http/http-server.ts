import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { MAX_TOKEN_LENGTH } from '../auth/token-signature';
import type { AnonymousSockets } from './anonymous-sockets';

/** A server of HTTP or HTTPS. */
export type HttpServer = Server | TlsServer;

/** Where a server listens, and with which certificate. */
export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM files; with both the server speaks HTTPS. */
  readonly tlsCertFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
  /** How long a connection may take for the headers of its next request, in milliseconds. */
  readonly headersTimeout: number;
  /** How long a connection is kept open between two requests, in milliseconds. */
  readonly idleTimeout: number;
}

/** How often connections are looked at whose headers are due, in milliseconds. */
const CHECK_INTERVAL = 2000;

/**
 * An HTTP server, or an HTTPS one where there is a certificate. A request may take as long as its body brings enough
 * bytes a second, which is for the listener to see to.
 */
export function createHttpServer(
  { tlsCertFile, tlsKeyFile, headersTimeout, idleTimeout }: HttpServerOptions,
  app: RequestListener,
): HttpServer {
  const options = {
    maxHeaderSize: MAX_TOKEN_LENGTH,
    headersTimeout,
    keepAliveTimeout: idleTimeout,
    requestTimeout: 0,
    // The listener refuses a request without one, and its line is logged.
    requireHostHeader: false,
    connectionsCheckingInterval: CHECK_INTERVAL,
  };
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return createServer(options, app);
  return createTlsServer({ ...options, cert: readFileSync(tlsCertFile), key: readFileSync(tlsKeyFile) }, app);
}

/** Counts each connection as anonymous until one of its requests shows a token. */
export function countAnonymous(server: HttpServer, anonymous: AnonymousSockets): void {
  const isSecure = server instanceof TlsServer;
  /** Connections that are in their TLS handshake, by the address of the peer. */
  const greeted = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    anonymous.add(socket);
    if (!isSecure) return;
    const peer = peerOf(socket);
    greeted.set(peer, socket);
    socket.once('close', () => {
      if (greeted.get(peer) === socket) greeted.delete(peer);
    });
  });
  // Requests come by another object than the one that has connected.
  server.on('secureConnection', (socket: Socket) => {
    const bare = greeted.get(peerOf(socket));
    if (bare !== undefined) anonymous.replace(bare, socket);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Rejects with the error of a taken or forbidden address. */
export async function listen(server: HttpServer, { host, port }: HttpServerOptions): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** The address of a listening server on this machine, without a slash at the end. */
export function urlOf(server: HttpServer, { host, tlsCertFile }: HttpServerOptions): string {
  const { port } = server.address() as AddressInfo;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCertFile === undefined ? 'http' : 'https'}://${name}:${port}`;
}

/** How often idle connections are closed while the server stops, in milliseconds. */
const SWEEP_INTERVAL = 100;

/**
 * Accepts no further connections, and closes each after the answer to its last request. Resolves when all are closed;
 * those still open after `timeout` milliseconds are cut.
 */
export async function closeServer(server: HttpServer, anonymous: AnonymousSockets, timeout: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection that is kept alive is closed with its next answer, or as soon as it is idle.
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.setHeader('Connection', 'close');
  });
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    // Node.js takes one that has asked nothing yet, as a browser opens them ahead, for one that is about to.
    anonymous.cutUnused();
  }, SWEEP_INTERVAL);
  const overdue = setTimeout(() => {
    server.closeAllConnections();
  }, timeout);
  await closed;
  clearInterval(sweep);
  clearTimeout(overdue);
}
