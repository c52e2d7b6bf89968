/** A SignalR server for Node.js. */
export { createHubServer } from './hub-server';
export type { HubRequestHandler, HubServer, ServerCloseOptions } from './hub-server';
export { defineHub, method, streamMethod } from './hub/hub';
export type { ArgumentsOf, ArgumentTypes, Hub, HubHooks, HubMethod, MethodOptions, ParameterKind } from './hub/hub';
export type { ConnectionRequest, HubContext } from './hub/hub-context';
export type {
  AnyClientMethods,
  ClientArguments,
  ClientInvokeOptions,
  ClientInvoker,
  ClientMethodName,
  ClientProxy,
  GroupManager,
  HubCallerClients,
  HubClients,
  SingleClientProxy,
} from './clients/clients';
export type { HubFilter, HubInvocation } from './hub/filters';
export type { StreamObservable, StreamObserver, StreamSource, StreamSubscription } from './hub/stream-source';
export type { CloseOptions } from './connection/hub-host';
export type { BudgetRefusal, MemoryBudget } from './transports/memory-account';
export type {
  AnyHubServerOptions,
  Authenticate,
  Authentication,
  AuthenticationRefusal,
  HubLimits,
  HubServerOptions,
  HubServerSettings,
  LimitName,
  LimitStrike,
  NegotiateRedirect,
  ProtocolName,
  RefusedRequest,
  TransportName,
} from './options';
export { LIMIT_NAMES } from './options';
export { mayCarryTokenInQuery } from './endpoint/query-token';
export type { Backplane, BackplaneLink, BackplaneListener } from './scaleout/backplane';
export type { ForwardingOptions } from './scaleout/forwarding/forwarding-options';
export type { BackplaneStatus } from './scaleout/scaleout';
export { RawJson } from './protocol/raw-json';
export { HubException } from './exceptions';
export type { Logger } from './logger';
export type { Clock } from './clock';
