import { type HubConnection, HubConnectionBuilder, HttpTransportType, LogLevel } from '@microsoft/signalr';

/** The transports of the stock client, for `it.each`. */
export const STOCK_TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;

export type StockTransport = (typeof STOCK_TRANSPORTS)[number];

/** A stock client that was not started. Without a transport it uses the first that works. */
export function stockClient(url: string, transport?: StockTransport, token?: string): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(url, {
      ...(transport === undefined ? {} : { transport: HttpTransportType[transport] }),
      ...(token === undefined ? {} : { accessTokenFactory: () => token }),
    })
    .configureLogging(LogLevel.None)
    .build();
}
