import { describeClient } from './matrix';
import type { ClientLibrary } from './support/kit';

describe.each([
  ['@aspnet/signalr 1.1.4', 'signalr-client-1', 1],
  ['@microsoft/signalr 3.1', 'signalr-client-3', 3],
  ['@microsoft/signalr 6.0', 'signalr-client-6', 6],
  ['@microsoft/signalr 8.0', 'signalr-client-8', 8],
])('the %s client', (_, name, major) => {
  describeClient({ major, library: jest.requireActual<ClientLibrary>(name), protocols: ['json'] });
});
