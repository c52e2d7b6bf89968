import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { pause } from '../pause';
import { LinkKeys } from './link-keys';
import { Outbox, PROTOCOL, readError, readMessages, type Reply, type Request } from './link-messages';
import { CHALLENGE_PATH, LINK_PATH, MOST_BYTES } from './link-server';

/** How long a hub may take to accept a link, and how often it is tried again, milliseconds. */
const OPENING = { timeout: 5000, again: 250 };

/** How often it is found out whether the other side is still there, milliseconds, and how often it may not answer. */
const BEATS = { every: 1000, untilLost: 5 };

/** What a link tells its owner. */
export interface LinkListener {
  /** Calls can be made from now on. */
  onOpen(): void;
  /** None can be made any more; it is opened again. */
  onLost(): void;
  onReply(reply: Exclude<Reply, { readonly kind: 'result' | 'failure' }>): void;
  /** It could not be opened. */
  onRefused(reason: Error): void;
}

/** What is rejected with when nobody will answer a call any more. */
export class LinkLost extends Error {}

/** The code of a Close frame of who cannot read what it is sent: RFC 6455, section 7.4.1. */
const UNREADABLE = 1003;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A link to a hub that has a view; it is opened again until it is closed. */
export class HubLink {
  readonly address: string;
  readonly #keys: LinkKeys;
  readonly #listener: LinkListener;
  readonly #calls = new Map<number, Waiting>();
  readonly #ending = new AbortController();
  #outbox: Outbox<Request> | undefined;
  #socket: WebSocket | undefined;
  #lastCall = 0;
  /** Whether it could not be opened the last time, which was told. */
  #isRefused = false;

  constructor(address: string, keys: LinkKeys, listener: LinkListener) {
    this.address = address;
    this.#keys = keys;
    this.#listener = listener;
    void this.#stayOpen();
  }

  #hasEnded(): boolean {
    return this.#ending.signal.aborted;
  }

  get isOpen(): boolean {
    return this.#outbox !== undefined;
  }

  /** How many calls wait for their answer. */
  get waiting(): number {
    return this.#calls.size;
  }

  say(request: Exclude<Request, { readonly kind: 'call' | 'cancel' }>): void {
    this.#outbox?.add(request);
  }

  /** Rejects with what the hub has answered, or with `LinkLost`. */
  call(call: string, args: readonly unknown[], catalogue: number, signal?: AbortSignal): Promise<unknown> {
    const outbox = this.#outbox;
    if (outbox === undefined) return Promise.reject(new LinkLost(`the hub at ${this.address} cannot be reached`));
    const id = ++this.#lastCall;
    const cancel = (): void => {
      this.#outbox?.add({ kind: 'cancel', id });
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const answered = new Promise<unknown>((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    outbox.add({ kind: 'call', id, call, args, catalogue });
    return answered.finally(() => {
      signal?.removeEventListener('abort', cancel);
    });
  }

  close(): void {
    this.#ending.abort();
    this.#socket?.terminate();
  }

  async #stayOpen(): Promise<void> {
    while (!this.#hasEnded()) {
      try {
        await this.#open();
        this.#isRefused = false;
      } catch (error) {
        if (!this.#hasEnded() && !this.#isRefused) this.#listener.onRefused(error as Error);
        this.#isRefused = true;
      }
      await pause(OPENING.again, this.#ending.signal);
    }
  }

  /** Resolves when it was open and is lost. Rejects when it could not be opened. */
  async #open(): Promise<void> {
    const { signal } = this.#ending;
    const asked = await fetch(`http://${this.address}${CHALLENGE_PATH}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(OPENING.timeout)]),
    });
    const [challenge, nonce] = [await asked.text(), LinkKeys.nonce()];
    const proof = this.#keys.prove('call', `${challenge} ${nonce}`);
    const socket = (this.#socket = new WebSocket(`ws://${this.address}${LINK_PATH}`, PROTOCOL, {
      headers: { authorization: `${challenge} ${nonce} ${proof}` },
      handshakeTimeout: OPENING.timeout,
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
    }));
    const proven = new Promise<boolean>((resolve) => {
      socket.once('upgrade', ({ headers }: IncomingMessage) => {
        const answer = String(headers['x-writer-hub-proof']);
        resolve(this.#keys.isProof('answer', `${nonce} ${challenge}`, answer));
      });
    });
    // What is under way when it closes is told once.
    socket.on('error', () => undefined);
    await once(socket, 'open', { signal });
    if (!(await proven)) {
      socket.terminate();
      throw new Error(`what answers at ${this.address} does not know the secret of the hubs`);
    }
    await this.#serve(socket);
  }

  async #serve(socket: WebSocket): Promise<void> {
    readMessages(socket, (reply) => {
      this.#take(reply as Reply);
    });
    this.#outbox = new Outbox((bytes) => {
      if (socket.readyState === socket.OPEN) socket.send(bytes);
    });
    const stopBeating = beat(socket);
    this.#listener.onOpen();
    // Not `once`, which gives up at an error: what cannot be read is one, and the socket closes behind it.
    await new Promise<void>((resolve) => {
      socket.once('close', (code: number, reason: Buffer) => {
        if (code === UNREADABLE) this.#listener.onRefused(new Error(String(reason)));
        resolve();
      });
    });
    stopBeating();
    this.#outbox = undefined;
    const lost = new LinkLost(`the hub at ${this.address} was lost`);
    for (const { reject } of this.#calls.values()) reject(lost);
    this.#calls.clear();
    this.#listener.onLost();
  }

  #take(reply: Reply): void {
    if (reply.kind !== 'result' && reply.kind !== 'failure') {
      this.#listener.onReply(reply);
      return;
    }
    const waiting = this.#calls.get(reply.id);
    this.#calls.delete(reply.id);
    if (reply.kind === 'result') waiting?.resolve(reply.value);
    else waiting?.reject(readError(reply.error));
  }
}

/** Ends a socket whose other side does not answer any more. */
function beat(socket: WebSocket): () => void {
  let missed = 0;
  const timer = setInterval(() => {
    missed += 1;
    if (missed > BEATS.untilLost) socket.terminate();
    else socket.ping();
  }, BEATS.every).unref();
  socket.on('pong', () => {
    missed = 0;
  });
  return () => {
    clearInterval(timer);
  };
}
