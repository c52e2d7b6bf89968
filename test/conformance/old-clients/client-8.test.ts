import { describeClient } from '../matrix';
import type { ClientLibrary } from '../support/kit';

describe('the @microsoft/signalr 8.0 client', () => {
  const library = jest.requireActual<ClientLibrary>('signalr-client-8');
  describeClient({ major: 8, library, protocols: ['json'] });
});
