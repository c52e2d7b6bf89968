import { describeClient } from '../matrix';
import type { ClientLibrary } from '../support/kit';

describe('the @aspnet/signalr 1.1.4 client', () => {
  const library = jest.requireActual<ClientLibrary>('signalr-client-1');
  describeClient({ major: 1, library, protocols: ['json'] });
});
