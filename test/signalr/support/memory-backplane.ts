import type { Backplane, BackplaneLink, BackplaneListener } from '../../../src/signalr';

/** The part of one server, with what a test may do to it. */
class MemoryLink implements BackplaneLink {
  readonly channels = new Set<string>();
  /** Commands that have not been carried out, while the test holds them. */
  readonly held: (() => void)[] = [];
  holding = false;
  /** Looks connected and hears nothing, as a subscriber that Redis has cut off. */
  deaf = false;
  up = true;
  closed = false;

  constructor(
    readonly network: MemoryBackplane,
    readonly listener: BackplaneListener,
  ) {
    queueMicrotask(() => {
      if (this.up) listener.onUp();
    });
  }

  publish(channel: string, frame: Uint8Array): boolean {
    if (!this.up || this.closed) return false;
    this.network.published.push({ channel, frame });
    for (const link of this.network.links) link.receive(channel, frame);
    return true;
  }

  receive(channel: string, frame: Uint8Array): void {
    // A copy, as the bytes of a socket are; later, as from a socket.
    const bytes = Uint8Array.from(frame);
    setImmediate(() => {
      if (this.up && !this.deaf && !this.closed && this.channels.has(channel)) this.listener.onFrame(bytes);
    });
  }

  subscribe(channel: string): Promise<void> {
    return this.#carryOut(() => this.channels.add(channel));
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#carryOut(() => this.channels.delete(channel));
  }

  close(): void {
    this.closed = true;
  }

  /** Loses the connection, and with it all subscriptions. */
  cut(): void {
    this.up = false;
    this.channels.clear();
    this.listener.onDown(new Error('cut'));
  }

  restore(): void {
    this.up = true;
    this.listener.onUp();
  }

  release(): void {
    this.holding = false;
    for (const carryOut of this.held.splice(0)) carryOut();
  }

  #carryOut(action: () => unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const carryOut = (): void => {
        if (this.up) resolve(void action());
        else reject(new Error('not connected'));
      };
      if (this.holding) this.held.push(carryOut);
      else setImmediate(carryOut);
    });
  }
}

/** A backplane within one process. */
export class MemoryBackplane implements Backplane {
  readonly links: MemoryLink[] = [];
  readonly published: { channel: string; frame: Uint8Array }[] = [];
  /** Whether servers that come now find it. */
  reachable = true;

  connect(listener: BackplaneListener): BackplaneLink {
    const link = new MemoryLink(this, listener);
    link.up = this.reachable;
    this.links.push(link);
    return link;
  }
}
