import type { Scenario } from '../support/scenario';
import { clientResults } from './client-results';
import { access, closing } from './closing';
import { functional } from './functional';
import { invocations } from './invocations';
import { serverToClient } from './server-to-client';
import { streams } from './streams';
import { uploads } from './uploads';

/** Everything a client does, by topic. */
export const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  invocations,
  'functional tests': functional,
  'server to client': serverToClient,
  'client results': clientResults,
  streams,
  uploads,
  closing,
  access,
};
