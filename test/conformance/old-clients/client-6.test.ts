import { describeClient } from '../matrix';
import type { ClientLibrary } from '../support/kit';

describe('the @microsoft/signalr 6.0 client', () => {
  const library = jest.requireActual<ClientLibrary>('signalr-client-6');
  describeClient({ major: 6, library, protocols: ['json'] });
});
