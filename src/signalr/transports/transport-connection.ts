/** How a transport ends: its client closes, has sent a piece that is too large, or has broken the rules. */
export type TransportEnding = 'left' | 'tooLarge' | 'broken';

/** What a transport reports of its client. Calls come one at a time, never from within a call to the connection. */
export interface TransportListener {
  /** Bytes were received, in pieces of arbitrary size. */
  onData(bytes: Buffer): void;
  /** Bytes were received that cannot be delivered yet: `heldBytes` has grown. */
  onHeld(): void;
  /** The transport ends: the last chance to send something. */
  onEnding(how: TransportEnding): void;
  /** The client has broken the rules of its transport: nothing more is received, and nothing can be sent. */
  onBroken(error: Error): void;
  /** The client has taken some of what was sent. */
  onSent(): void;
  /** The connection is gone; nothing is reported after this. `error` says why unless it was closed in good order. */
  onClosed(error: Error | undefined): void;
}

/** The transport of one client: an ordered stream of bytes in, whole hub messages out. */
export interface TransportConnection {
  /** Whether it carries binary data, not only text. */
  readonly carriesBinary: boolean;
  /**
   * Whether it notices by itself that the client is gone or takes nothing, so that neither pings nor a send time-out
   * are needed.
   */
  readonly hasInherentKeepAlive: boolean;
  /** Begins to deliver what the client sends; called once. */
  open(listener: TransportListener): void;
  /**
   * Sends whole hub messages as one piece: a string as text, bytes as binary. Only a transport that carries binary data
   * is given bytes. Does nothing once the connection is closing.
   */
  send(messages: string | Uint8Array): void;
  /** How many bytes the client has not taken yet. */
  readonly unsentBytes: number;
  /** How many bytes were received so far. */
  readonly receivedBytes: number;
  /** How much memory the received bytes take that were not delivered yet. */
  readonly heldBytes: number;
  /** Whether the client has begun to send something that is neither complete nor paused. */
  readonly receiving: boolean;
  /**
   * Stops and resumes the delivery of what the client sends. A little that was received before may still be delivered.
   */
  pause(): void;
  resume(): void;
  /** Gives up what is being received: it comes in too slowly. */
  giveUpReceiving(): void;
  /** Sends what is waiting, then closes and waits for the client to close. Harmless when called again. */
  close(): void;
  /** Ends the connection at once. */
  terminate(): void;
  /** Ends the connection because whoever serves it has failed, which the client is told if the transport can tell. */
  fail(): void;
  /** Called at every heartbeat until the connection is closed, to check time-outs. */
  tick(now: number): void;
}
