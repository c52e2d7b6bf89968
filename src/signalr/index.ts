/** A SignalR server for Node: hubs over WebSockets in the JSON protocol. */
export { createHubServer } from './hub-server';
export type { HubRequestHandler, HubServer, ServerCloseOptions } from './hub-server';
export { defineHub, method } from './hub';
export type { ArgumentsOf, ArgumentTypes, Hub, HubHooks, HubMethod } from './hub';
export type { Caller, ConnectionRequest, HubContext } from './hub-context';
export type { CloseOptions } from './hub-host';
export type { Authenticate, Authentication, HubLimits, HubServerOptions, HubServerSettings } from './options';
export type { ParameterKind } from './protocol/hub-protocol';
export { HubException } from './errors';
export type { Logger } from './logger';
export type { Clock } from './clock';
