import { describeClient } from '../matrix';
import type { ClientLibrary } from '../support/kit';

describe('the @microsoft/signalr 3.1 client', () => {
  const library = jest.requireActual<ClientLibrary>('signalr-client-3');
  describeClient({ major: 3, library, protocols: ['json'] });
});
