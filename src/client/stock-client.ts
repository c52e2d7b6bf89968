// What is used of the stock client, `@microsoft/signalr`, which the caller brings along: in whatever version, from a
// package or a script tag. Written down here so that this library imports nothing.

/** What comes of a hub stream. */
export interface StreamObserver {
  next(item: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

export interface StockConnection {
  serverTimeoutInMilliseconds: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
  stream(method: string, ...args: unknown[]): { subscribe(observer: StreamObserver): { dispose(): void } };
  onclose(callback: (error?: Error) => void): void;
}

/** A protocol of messages, such as `JsonHubProtocol`, or `MessagePackHubProtocol` of a package of its own. */
export interface StockProtocol {
  readonly name: string;
  readonly version: number;
  readonly transferFormat: number;
  parseMessages(input: never, logger: never): unknown[];
  writeMessage(message: never): unknown;
}

export interface StockBuilder {
  withUrl(url: string, options: never): StockBuilder;
  withHubProtocol(protocol: never): StockBuilder;
  configureLogging(logging: never): StockBuilder;
  build(): StockConnection;
}

/** The module `@microsoft/signalr`, or the global `signalR` of its script. */
export interface SignalRModule {
  readonly HubConnectionBuilder: new () => StockBuilder;
  readonly JsonHubProtocol: new () => StockProtocol;
}
