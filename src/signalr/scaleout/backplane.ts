/** What a server is told by its backplane. */
export interface BackplaneListener {
  /** A frame was published to a channel of this server, by whatever server: in the order in which that one did. */
  onFrame(frame: Uint8Array): void;
  /** Frames can be published and received, for the first time or again. Of all channels nothing is known any more. */
  onUp(): void;
  /** Frames may be lost until `onUp` is called. */
  onDown(reason: Error | undefined): void;
  /** A frame that `publish` took was not published, as it turns out. */
  onLost(reason: Error | undefined): void;
}

/** The part of one server in a backplane. */
export interface BackplaneLink {
  /**
   * Publishes a frame to all servers that are subscribed to a channel, this one too. Frames of one link arrive in
   * order, whatever channels they are for. Returns false when it cannot be published; it is not kept.
   */
  publish(channel: string, frame: Uint8Array): boolean;
  /** Resolves when what is published from now on is received. Rejects when that cannot be. */
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  /** Nothing is told any more. */
  close(): void;
}

/**
 * Carries frames of bytes between the servers of one hub. It knows nothing of what is in them. `createRedisBackplane`
 * makes one; another one needs channels and order.
 */
export interface Backplane {
  /** Called once by each server. Whether anything can be reached does not matter: `onUp` tells. */
  connect(listener: BackplaneListener): BackplaneLink;
}
