/**
 * A client for browsers and Node.js around the stock SignalR client, which the caller brings along. It imports nothing.
 */
export { HubError } from './hub-error';
export { WriterHubClient } from './writer-hub-client';
export type { ClientOptions, NewEvent } from './writer-hub-client';
export type { LinkOptions, LinkState } from './hub-link';
export type { SenderOptions } from './sender';
export type { OfflineStore, StoredBatch, WireEvent } from './offline-store';
export type { EventReader, LiveEvent, ReaderOptions } from './event-reader';
export type { ReadFilter, ReadFrom, ReadQuery } from './read-query';
export type { SignalRModule, StockBuilder, StockConnection, StockProtocol, StreamObserver } from './stock-client';
