import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { serializeResponse, textResponse, type HttpResponse } from '../transports/http-response';
import { normalizePath, splitUrl } from './request-path';

/** Takes over a socket whose request asks for an upgrade. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Is told of a request that was refused an upgrade. */
export type OnRefusedUpgrade = (request: IncomingMessage, response: HttpResponse) => void;

/** What takes the upgrades at a path, and who is told when there is no such path. */
interface UpgradeRoute {
  readonly handler: UpgradeHandler;
  readonly onRefused: OnRefusedUpgrade;
}

const routers = new WeakMap<Server, UpgradeRouter>();

/**
 * Hands the upgrade requests of one HTTP server to the hubs that are attached to it. An unknown path is answered with
 * 404 unless something else listens for upgrades on that server too.
 */
export class UpgradeRouter {
  readonly #routes = new Map<string, UpgradeRoute>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The router of a server. */
  static of(server: Server): UpgradeRouter {
    let router = routers.get(server);
    if (router === undefined) {
      router = new UpgradeRouter(server);
      routers.set(server, router);
    }
    return router;
  }

  /**
   * Adds a route for a normalized path and returns a function that removes it.
   * @throws Error when the path is taken.
   */
  add(path: string, handler: UpgradeHandler, onRefused: OnRefusedUpgrade): () => void {
    if (this.#routes.has(path)) throw new Error(`a hub is already attached at '${path}' of this server`);
    if (this.#routes.size === 0) this.#server.on('upgrade', this.#onUpgrade);
    const route = { handler, onRefused };
    this.#routes.set(path, route);
    return () => {
      if (this.#routes.get(path) !== route) return;
      this.#routes.delete(path);
      if (this.#routes.size === 0) this.#server.off('upgrade', this.#onUpgrade);
    };
  }

  readonly #onUpgrade: UpgradeHandler = (request, socket, head) => {
    const alone = this.#server.listenerCount('upgrade') === 1;
    if (alone && request.headers.upgrade?.toLowerCase() !== 'websocket') {
      ignoreUpgrade(this.#server, request, socket, head);
      return;
    }
    const route = this.#routes.get(normalizePath(splitUrl(request).path));
    if (route !== undefined) route.handler(request, socket, head);
    else if (alone) {
      const [first] = this.#routes.values();
      const response = textResponse(404, 'Not Found');
      first?.onRefused(request, response);
      rejectUpgrade(socket, response);
    }
  };
}

/** Headers that ask for an upgrade and do not matter to the request itself. */
const UPGRADE_HEADERS = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Serves a request as if it had not asked for an upgrade. RFC 9110, 7.8: a server may ignore an upgrade that it does
 * not offer, `h2c` for example. The request is put back in front of the bytes read behind it, and the server starts
 * over with the socket.
 */
function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${String(request.method)} ${String(request.url)} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]!;
    if (!UPGRADE_HEADERS.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[at + 1]!}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}

/** Answers an upgrade request on its bare socket and closes the socket. */
export function rejectUpgrade(socket: Duplex, response: HttpResponse): void {
  // The peer may be gone by now; then it does not need the response.
  socket.on('error', () => undefined);
  socket.once('finish', () => {
    socket.destroy();
  });
  socket.end(serializeResponse(response));
}
