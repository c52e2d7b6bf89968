// The calls of a typed client fit the HubConnection of every major.
import type { HubConnection as Client10 } from '@microsoft/signalr';
import type { HubConnection as Client1 } from 'signalr-client-1';
import type { HubConnection as Client3 } from 'signalr-client-3';
import type { HubConnection as Client5 } from 'signalr-client-5';
import type { HubConnection as Client6 } from 'signalr-client-6';
import type { HubConnection as Client7 } from 'signalr-client-7';
import type { HubConnection as Client8 } from 'signalr-client-8';
import type { HubConnection as Client9 } from 'signalr-client-9';
import type { HubCalls, TypedHubConnection } from 'signalr-server/client-types';
import type { ChatHub } from './hub.js';

declare const clients: [Client1, Client3, Client5, Client6, Client7, Client8, Client9, Client10];

export const calls: HubCalls<ChatHub>[] = clients;

const [, ...reconnecting] = clients;

export const connections: TypedHubConnection<ChatHub>[] = reconnecting;
