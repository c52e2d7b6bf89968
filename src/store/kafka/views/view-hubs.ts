import { z } from 'zod';
import type { ChannelLink, ChannelListener, HubChannel } from '../hub-channel';
import { ViewScope } from './view-scope';

/** What hubs tell each other of their views under. */
const NAME = 'views';

/** How many times it may not be heard before a hub is taken for gone. */
const BEATS_UNTIL_GONE = 5;

/** Another hub, which answers for what it has a view of. */
export interface ViewHub {
  /** Another one with every start. */
  readonly id: string;
  /** `host:port`. */
  readonly address: string;
  readonly scope: ViewScope;
}

/** What a hub says of itself. */
const told = z.object({
  hub: z.string(),
  /** Absent: it says goodbye. */
  address: z.string().optional(),
  view: z.string().optional(),
  /** The others are to say it too. */
  asks: z.boolean().optional(),
});

type Told = z.infer<typeof told>;

export interface ViewHubsOptions {
  readonly id: string;
  readonly scope: ViewScope;
  /** Milliseconds between what is said. */
  readonly interval: number;
  onCome(hub: ViewHub): void;
  onGone(hub: ViewHub): void;
}

/** Which other hubs there are, and what they have a view of, by what they say through a channel. */
export class ViewHubs implements ChannelListener {
  readonly #hubs = new Map<string, { readonly hub: ViewHub; missed: number }>();
  readonly #link: ChannelLink;
  readonly #timer: NodeJS.Timeout;
  #address: string | undefined;
  #isUp = false;
  readonly #options: ViewHubsOptions;

  constructor(channel: HubChannel, options: ViewHubsOptions) {
    this.#options = options;
    this.#link = channel.connect(this);
    void this.#link.subscribe(NAME);
    this.#timer = setInterval(() => {
      this.#beat();
    }, options.interval).unref();
  }

  /** Others reach this hub here from now on. */
  announce(address: string): void {
    this.#address = address;
    this.#tell({ asks: true });
  }

  onUp(): void {
    this.#isUp = true;
    this.#tell({ asks: true });
  }

  onDown(): void {
    // Nobody is gone only because this hub hears nobody.
    this.#isUp = false;
  }

  onFrame(frame: Uint8Array): void {
    const said = readTold(frame);
    // One of another version, whose hub is none for this one.
    if (said === undefined) return;
    const { hub: id, address, view, asks } = said;
    if (id === this.#options.id) return;
    const known = this.#hubs.get(id);
    if (address === undefined || view === undefined) {
      if (known !== undefined) this.#leave(known.hub);
    } else if (known === undefined) {
      const hub = { id, address, scope: new ViewScope(view) };
      this.#hubs.set(id, { hub, missed: 0 });
      this.#options.onCome(hub);
    } else {
      known.missed = 0;
    }
    if (asks === true) this.#tell({});
  }

  /** Says goodbye. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#address !== undefined) this.#publish({ hub: this.#options.id });
    this.#link.close();
  }

  #beat(): void {
    this.#tell({});
    if (!this.#isUp) return;
    for (const known of [...this.#hubs.values()]) {
      known.missed += 1;
      if (known.missed > BEATS_UNTIL_GONE) this.#leave(known.hub);
    }
  }

  #leave(hub: ViewHub): void {
    this.#hubs.delete(hub.id);
    this.#options.onGone(hub);
  }

  /** Whoever is not reached by others says nothing of itself. */
  #tell({ asks }: Pick<Told, 'asks'>): void {
    if (this.#address === undefined) return;
    const { id, scope } = this.#options;
    this.#publish({ hub: id, address: this.#address, view: scope.text, ...(asks === true && { asks }) });
  }

  #publish(told: Told): void {
    this.#link.publish(NAME, Buffer.from(JSON.stringify(told)));
  }
}

function readTold(frame: Uint8Array): Told | undefined {
  try {
    return told.parse(JSON.parse(Buffer.from(frame).toString()));
  } catch {
    return undefined;
  }
}
