/** What a transport tells of its peer. Calls come one at a time, never from within a call to the connection. */
export interface TransportListener {
  /** Bytes came. How they are cut into pieces means nothing. */
  onData(bytes: Buffer): void;
  /** The peer wants no more, or sent a piece that is too large: last chance to send something. */
  onEnding(tooLarge: boolean): void;
  /** The peer has taken some of what was sent. */
  onSent(): void;
  /** The connection is gone; nothing is told after this. `error` says why unless it was closed in good order. */
  onClosed(error: Error | undefined): void;
}

/** A way to one peer: an ordered stream of bytes in, whole hub messages out. */
export interface TransportConnection {
  /** Whether it carries any bytes, not only text. */
  readonly carriesBinary: boolean;
  /** Whether it sees by itself that the peer is gone or takes nothing, so that no pings and no watch over what is sent are needed. */
  readonly hasInherentKeepAlive: boolean;
  /** Begins to deliver what the peer sends; called once. */
  open(listener: TransportListener): void;
  /**
   * Sends whole hub messages as one piece: text as text, bytes as binary, which only a transport that carries binary is given. Does
   * nothing once the connection is closing.
   */
  send(messages: string | Uint8Array): void;
  /** How many bytes the peer has not taken yet. */
  readonly unsentBytes: number;
  /** Stops and goes on to deliver what the peer sends. A little that was received already may still be delivered. */
  pause(): void;
  resume(): void;
  /** Sends what waits, then says goodbye to the peer and waits for its answer. Harmless when called again. */
  close(): void;
  /** Lets the connection go at once. */
  terminate(): void;
  /** Does what is due; called at every heartbeat until the connection is closed. */
  tick(now: number): void;
}
