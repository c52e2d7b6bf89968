/** A SignalR server for Node.js. */
export { createHubServer } from './hub-server';
export type { HubServer, ServerCloseOptions } from './hub-server';
export type { HubRequestHandler } from './endpoint/request-handler';
export { createConnectionEndpoint } from './connection-endpoint';
export type { ConnectionEndpoint, ConnectionEndpointOptions, ConnectionEndpointSettings } from './connection-endpoint';
export type { RawConnection, RawFormat } from './connection/raw-connection';
export { defineHub, method, streamMethod } from './hub/hub';
export type { ArgumentMisfit, ArgumentsOf, Hub, HubHooks, HubMethod, MethodOptions } from './hub/hub';
export { stream } from './hub/parameter-kinds';
export type { ArgumentOf, ArgumentTypes, ParameterKind, StreamKind, UploadedItems } from './hub/parameter-kinds';
export type { HubContext } from './hub/hub-context';
export type { ConnectionRequest, RequestHeaders } from './hub/connection-request';
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
  ResultOf,
  SingleClientProxy,
} from './clients/clients';
export type { HubFilter, HubInvocation } from './hub/filters';
export type { StreamObservable, StreamObserver, StreamSource, StreamSubscription } from './hub/stream-source';
export type { CloseOptions } from './connection/hub-host';
export type { BudgetRefusal, MemoryBudget } from './transports/memory-account';
export type {
  AllowRefresh,
  AnyHubServerOptions,
  Authenticate,
  Authentication,
  AuthenticationRefusal,
  ChangeableOptions,
  HubLimits,
  HubServerOptions,
  HubServerSettings,
  LimitName,
  LimitStrike,
  NegotiateRedirect,
  RefreshRequest,
  RefusedRequest,
} from './options';
export { LIMIT_NAMES } from './options';
export type { ProtocolName, TransportName } from './names';
export { bearerTokenOf, mayCarryTokenInQuery } from './endpoint/query-token';
export type { Backplane, BackplaneLink, BackplaneListener } from './scaleout/backplane';
export type { ForwardingOptions } from './scaleout/forwarding/forwarding-options';
export type { BackplaneStatus } from './scaleout/scaleout';
export { Decimal } from './protocol/decimal';
export { ExactDate } from './protocol/exact-date';
export { RawJson } from './protocol/raw-json';
export type { NullableKind, PlainKind, ValueKind, ValueOf, ValueTypes } from './protocol/value-kinds';
export type {
  ConnectionEnd,
  ConnectionEndedEvent,
  ConnectionStartedEvent,
  HubEvents,
  HubMetrics,
  InvocationEnd,
  InvocationEndedEvent,
  InvocationMeter,
  InvocationRefusal,
  InvocationRefusedEvent,
  InvocationStartedEvent,
  InvocationTrace,
  MessagesDroppedEvent,
  TraceInvocation,
  TracedConnection,
} from './instruments';
export { EVENT_CHANNELS } from './instruments';
export { HubException } from './exceptions';
export type { Logger } from './logger';
export type { Clock } from './clock';
