import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../logger';
import { serializeResponse, textResponse, writeResponse } from '../../transports/http-response';
import type { EnvelopeOpener } from './envelope';

/** A head as large as a hub takes, and the envelope. */
const LARGEST_HEAD = 64 * 1024;

const NOT_FORWARDED = textResponse(403, 'Only servers of this hub may forward requests');

/** Answers requests that other servers have forwarded. */
export interface ForwardedHandler {
  handleForwarded(request: IncomingMessage, response: ServerResponse): void;
  upgradeForwarded(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Where a server takes forwarded requests. */
export interface ForwardingPlace {
  readonly host: string;
  readonly port: number;
  /** Where other servers reach it, if not there. */
  readonly address?: string | undefined;
}

/** Takes the requests that other servers forward, on a socket of its own. */
export class ForwardingListener {
  readonly #server: Server;

  constructor(opener: EnvelopeOpener, handler: () => ForwardedHandler, logger: Logger) {
    // How long a body may take is a matter of the hub.
    this.#server = createServer({ maxHeaderSize: LARGEST_HEAD, requestTimeout: 0 });
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (opener.open(request)) handler().handleForwarded(request, response);
      else writeResponse(response, NOT_FORWARDED);
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => undefined);
      if (opener.open(request)) handler().upgradeForwarded(request, socket, head);
      else socket.end(serializeResponse(NOT_FORWARDED), () => socket.destroy());
    });
    this.#server.on('error', (error) => {
      logger.error({ err: error }, 'forwarded requests cannot be taken');
    });
  }

  /** Begins; `onAddress` is told where other servers reach it. It does not keep the process alive. */
  listen({ host, port, address }: ForwardingPlace, onAddress: (address: string) => void): void {
    this.#server.listen(port, host, () => {
      const { port: chosen } = this.#server.address() as AddressInfo;
      onAddress(address ?? `${host.includes(':') ? `[${host}]` : host}:${chosen}`);
    });
    this.#server.unref();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
