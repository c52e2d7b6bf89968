import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** The server under attack, and the tokens of whoever attacks it. */
export interface Target {
  readonly url: string;
  readonly port: number;
  /** Of one subject, which may write, read and make topics. */
  readonly token: string;
  /** Of a subject with no scope at all. */
  readonly powerless: string;
  /** Of the operator, to prepare things. */
  readonly admin: string;
}

export interface Attack {
  readonly name: string;
  /** Done before the attack is measured. */
  readonly prepare?: (target: Target) => Promise<void>;
  /** Attacks until the signal is aborted. Errors that the server answers with are what an attacker expects. */
  readonly run: (target: Target, signal: AbortSignal) => Promise<void>;
}

/** A bare socket to the target, gone when the signal is aborted; it reads nothing unless it is told to. */
export function openSocket({ port }: Target, signal: AbortSignal): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  signal.addEventListener('abort', () => socket.destroy());
  return socket;
}

/** A request to become a WebSocket to the hub, without negotiation. */
export function upgradeRequest(target: Target): string {
  return [
    'GET /hub HTTP/1.1',
    `Host: 127.0.0.1:${target.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Authorization: Bearer ${target.token}`,
    '\r\n',
  ].join('\r\n');
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}

/** Runs so many loops at once; each calls `once` again and again until the signal is aborted. */
export async function repeat(
  loops: number,
  signal: AbortSignal,
  once: (loop: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: loops }, async (_, loop) => {
      while (!signal.aborted) {
        // A refusal or a cut connection is no reason to stop attacking.
        await once(loop).catch(() => new Promise((resolve) => setTimeout(resolve, 5)));
      }
    }),
  );
}

/** A request whose answer does not matter. */
export async function send(
  { url }: Target,
  path: string,
  init: RequestInit & { readonly token: string },
): Promise<number> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${init.token}`);
  const response = await fetch(`${url}${path}`, { ...init, headers });
  await response.arrayBuffer();
  return response.status;
}
