import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { checkAttachment, checkHandled } from './attachment-check';
import { HttpEndpoint, type HttpEndpointHost } from './http-endpoint';
import type { HubRequestHandler } from './request-handler';
import { normalizePath } from './request-path';
import type { RequestAuthenticator } from './request-authenticator';
import { UpgradeEndpoint } from './upgrade-endpoint';
import { type UpgradeHandler, UpgradeRouter } from './upgrade-router';

/** What a mount needs to know of its server. */
export interface MountHost<P> extends HttpEndpointHost<P> {
  readonly paths: Set<string>;
}

/** How the log and metrics tell a hub from others. */
export function hubName(paths: ReadonlySet<string>): string {
  return [...paths].map((path) => path || '/').join(' ');
}

/** Brings the requests of HTTP servers to an endpoint: plain ones through its handler, upgrades by their path. */
export class Mount<P> {
  readonly #host: MountHost<P>;
  readonly #http: HttpEndpoint<P>;
  readonly #upgrades: UpgradeEndpoint<P>;
  readonly #detachers: (() => void)[] = [];

  constructor(host: MountHost<P>, authenticator: RequestAuthenticator<P>) {
    this.#host = host;
    this.#http = new HttpEndpoint(host, authenticator);
    this.#upgrades = new UpgradeEndpoint(host, authenticator);
  }

  readonly handler: HubRequestHandler = (request, response, next) => {
    checkHandled(request, response);
    if (this.#http.matches(request)) {
      this.#answered(this.#http.handle(request, response), response);
    } else if (next !== undefined) {
      next();
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not Found');
    }
  };

  /** Serves the upgrades that come to this path of a server. */
  attach(server: Server, path: string): void {
    checkAttachment(server, path);
    const normalized = normalizePath(path);
    const handle: UpgradeHandler = (request, socket, head) => {
      this.#upgraded(this.#upgrades.handle(request, socket, head), socket);
    };
    const detach = UpgradeRouter.of(server).add(normalized, handle, this.#upgrades.onRefused);
    this.#host.paths.add(normalized);
    this.#detachers.push(detach);
  }

  /** Answers a request that another server has forwarded. */
  handleForwarded(request: IncomingMessage, response: ServerResponse): void {
    this.#answered(this.#http.handleForwarded(request, response), response);
  }

  upgradeForwarded(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgraded(this.#upgrades.handleForwarded(request, socket, head), socket);
  }

  #answered(answering: Promise<void>, response: ServerResponse): void {
    answering.catch((error: unknown) => {
      this.#host.options.logger.error({ err: error }, 'answering a request failed');
      response.destroy();
    });
  }

  #upgraded(upgrading: Promise<void>, socket: Duplex): void {
    upgrading.catch((error: unknown) => {
      this.#host.options.logger.error({ err: error }, 'upgrading a request failed');
      socket.destroy();
    });
  }

  /** Leaves the upgrades of all servers to others. */
  detach(): void {
    for (const detach of this.#detachers.splice(0)) detach();
  }
}
