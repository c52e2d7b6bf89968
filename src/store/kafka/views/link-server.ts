import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LinkKeys } from './link-keys';
import { PROTOCOL } from './link-messages';

/** Where a hub asks for what it is to prove that it has the secret with. */
export const CHALLENGE_PATH = '/views/challenge';
export const LINK_PATH = '/views';

/** So many challenges are open, and so long, milliseconds. */
const CHALLENGES = { most: 1000, age: 10_000 };

/** The most bytes of a message: results of queries are among them. */
export const MOST_BYTES = 1024 * 1024 * 1024;

/** Where a hub listens for others. */
export interface LinkPlace {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Takes the links of other hubs: those that prove that they have the secret of the hubs, each proof once. */
export class LinkServer {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  /** When they were made. */
  readonly #challenges = new Map<string, number>();
  readonly #keys: LinkKeys;

  constructor(keys: LinkKeys, onLink: (socket: WebSocket) => void) {
    this.#keys = keys;
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false });
    this.#sockets.on('headers', (headers: string[], { headers: { authorization = '' } }: IncomingMessage) => {
      const [challenge, nonce] = authorization.split(' ');
      headers.push(`x-writer-hub-proof: ${keys.prove('answer', `${nonce} ${challenge}`)}`);
    });
    this.#server = createServer((request, response) => {
      const isAsked = request.method === 'GET' && request.url === CHALLENGE_PATH;
      response.writeHead(isAsked ? 200 : 404, { 'content-type': 'text/plain' });
      response.end(isAsked ? this.#challenge() : 'there is nothing here');
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head, onLink);
    });
  }

  /** Resolves with the port. Rejects when it cannot be listened at. */
  async listen({ host, port }: LinkPlace): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.unref();
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
  }

  #challenge(): string {
    const now = Date.now();
    for (const [challenge, at] of this.#challenges) {
      if (now - at < CHALLENGES.age && this.#challenges.size < CHALLENGES.most) break;
      this.#challenges.delete(challenge);
    }
    const challenge = LinkKeys.nonce();
    this.#challenges.set(challenge, now);
    return challenge;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, onLink: (socket: WebSocket) => void): void {
    socket.on('error', () => socket.destroy());
    const [challenge = '', nonce = '', proof = ''] = (request.headers.authorization ?? '').split(' ');
    const isOpen = this.#challenges.delete(challenge);
    if (request.url !== LINK_PATH || !isOpen || !this.#keys.isProof('call', `${challenge} ${nonce}`, proof)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (request.headers['sec-websocket-protocol'] !== PROTOCOL) {
      socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, onLink);
  }
}
