/** The backplane on Redis of the SignalR server in `./signalr`. */
export * from 'signalr-server/redis';
