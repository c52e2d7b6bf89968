/**
 * The SignalR server. It is a package of its own, built from the folder of this name: whoever loads `signalr-server`
 * beside Writer hub has the same one, and its classes with it.
 */
export * from 'signalr-server';
