import type { BackplaneLink } from './backplane';

/** What is known of one channel. */
interface Channel {
  wanted: boolean;
  /** `undefined`: not known, as the link was down. */
  subscribed: boolean | undefined;
  /** The command that is under way, if any. */
  command: object | undefined;
  waiting: (() => void)[];
}

/**
 * The channels that a server is subscribed to. One command a channel is under way at a time, and whatever is wanted
 * meanwhile follows. When the link comes up again, all that is wanted is subscribed to anew.
 */
export class Subscriptions {
  readonly #channels = new Map<string, Channel>();
  readonly #link: () => BackplaneLink;
  readonly #onFailed: (error: unknown) => void;
  #up = false;

  constructor(link: () => BackplaneLink, onFailed: (error: unknown) => void) {
    this.#link = link;
    this.#onFailed = onFailed;
  }

  /** How many channels are subscribed to or wanted. */
  get size(): number {
    return this.#channels.size;
  }

  want(name: string, wanted: boolean): void {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      if (!wanted) return;
      channel = { wanted, subscribed: false, command: undefined, waiting: [] };
      this.#channels.set(name, channel);
    }
    channel.wanted = wanted;
    this.#settle(name, channel);
  }

  /** Resolves when a channel is as wanted, or when it cannot be because the link is down. */
  settled(name: string): Promise<void> {
    const channel = this.#channels.get(name);
    if (channel === undefined || !this.#up || channel.subscribed === channel.wanted) return Promise.resolve();
    return new Promise((resolve) => channel.waiting.push(resolve));
  }

  /** The link is up: whatever is wanted is asked for, in the order in which it was wanted first. */
  up(): void {
    this.#up = true;
    for (const [name, channel] of this.#channels) {
      channel.subscribed = channel.command = undefined;
      this.#settle(name, channel);
    }
  }

  down(): void {
    this.#up = false;
    for (const channel of this.#channels.values()) release(channel);
  }

  /** Tries again what has failed. */
  retry(): void {
    if (!this.#up) return;
    for (const [name, channel] of this.#channels) this.#settle(name, channel);
  }

  #settle(name: string, channel: Channel): void {
    if (channel.command !== undefined) return;
    if (channel.subscribed === channel.wanted) {
      if (!channel.wanted) this.#channels.delete(name);
      release(channel);
      return;
    }
    if (!this.#up) return;
    const { wanted } = channel;
    const command = (channel.command = {});
    const link = this.#link();
    (wanted ? link.subscribe(name) : link.unsubscribe(name)).then(
      () => {
        if (channel.command !== command) return;
        channel.command = undefined;
        channel.subscribed = wanted;
        this.#settle(name, channel);
      },
      (error: unknown) => {
        if (channel.command !== command) return;
        channel.command = undefined;
        // It is tried again at the next heartbeat, or when the link is up again.
        if (this.#up) this.#onFailed(error);
      },
    );
  }
}

function release(channel: Channel): void {
  for (const resolve of channel.waiting.splice(0)) resolve();
}
