/** All transports, in the order in which they are offered. */
export const TRANSPORT_NAMES = ['webSockets', 'serverSentEvents', 'longPolling'] as const;

/** A transport of hub messages. */
export type TransportName = (typeof TRANSPORT_NAMES)[number];

/** All encodings. */
export const PROTOCOL_NAMES = ['json', 'messagepack'] as const;

/** An encoding of hub messages. */
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];
