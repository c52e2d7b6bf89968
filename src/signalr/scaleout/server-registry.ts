/** How many heartbeats a server may miss. */
export const BEATS_UNTIL_GONE = 5;

/** Another server that is there. */
export interface LiveServer {
  readonly id: string;
  /** How often frames to or from it may have been lost. */
  gaps: number;
  /** Where it takes requests that are forwarded, if it does. */
  address: string | undefined;
  /** How many of this server's heartbeats have passed since it was heard. */
  missed: number;
}

/**
 * The other servers that are there, by what is heard of them. Time is counted in heartbeats of this server, so that
 * nobody is taken for gone because this process stood still.
 */
export class ServerRegistry {
  readonly #servers = new Map<string, LiveServer>();
  /** Who waits to learn whether a server is there. */
  #seekers: { readonly id: string; readonly found: (server: LiveServer | undefined) => void }[] = [];
  /** Heartbeats since the start, or since the others could be heard for the first time, as far as they matter. */
  #beats = 0;
  #wasJoined = false;
  /** For how many heartbeats everybody has been able to make themselves heard. */
  #listened = 0;

  get size(): number {
    return this.#servers.size;
  }

  find(id: string): LiveServer | undefined {
    return this.#servers.get(id);
  }

  /** A server has made itself heard. Returns whether something may have been lost on the way since the last time. */
  hear(id: string, gaps: number, address: string | undefined): boolean {
    const known = this.#servers.get(id);
    if (known === undefined) {
      this.#servers.set(id, { id, gaps, address, missed: 0 });
      this.#tellSeekers();
      return false;
    }
    const lost = gaps !== known.gaps;
    known.gaps = gaps;
    known.address = address;
    known.missed = 0;
    return lost;
  }

  /** A server, at once or, at the start, as soon as everybody has had the time to make themselves heard. */
  locate(id: string): Promise<LiveServer | undefined> {
    const server = this.#servers.get(id);
    if (server !== undefined || this.#beats > BEATS_UNTIL_GONE) return Promise.resolve(server);
    return new Promise((found) => this.#seekers.push({ id, found }));
  }

  /** A heartbeat has passed, whether or not anybody could be heard. */
  tick(): void {
    if (this.#beats <= BEATS_UNTIL_GONE && ++this.#beats > BEATS_UNTIL_GONE) this.#tellSeekers();
  }

  /** Others can be heard: when that is late the first time, they are given the time that they have at the start. */
  joined(): void {
    if (!this.#wasJoined && this.#beats > BEATS_UNTIL_GONE) this.#beats = 0;
    this.#wasJoined = true;
  }

  /** Nobody else is awaited. */
  close(): void {
    this.#wasJoined = true;
    this.#beats = Infinity;
    this.#tellSeekers();
  }

  leave(id: string): boolean {
    return this.#servers.delete(id);
  }

  /** Whether a server is not there, as everybody has had the time to make themselves heard. */
  isGone(id: string): boolean {
    return !this.#servers.has(id) && this.#listened >= BEATS_UNTIL_GONE;
  }

  /** A heartbeat has passed in which all could be heard. Returns those that have been silent for too long. */
  beat(): string[] {
    this.#listened++;
    const gone: string[] = [];
    for (const server of this.#servers.values()) {
      if (++server.missed > BEATS_UNTIL_GONE) gone.push(server.id);
    }
    for (const id of gone) this.#servers.delete(id);
    return gone;
  }

  /** From now on nobody can be heard, and what is known stays as it is. */
  pause(): void {
    this.#listened = 0;
    for (const server of this.#servers.values()) server.missed = 0;
  }

  #tellSeekers(): void {
    const seekers = this.#seekers;
    this.#seekers = [];
    for (const seeker of seekers) {
      const server = this.#servers.get(seeker.id);
      if (server === undefined && this.#beats <= BEATS_UNTIL_GONE) this.#seekers.push(seeker);
      else seeker.found(server);
    }
  }
}
