import { addressOf } from '../../api/api';
import { ApiError } from '../../api/api-error';
import { samplesOf, Scrape } from './prometheus';

/**
 * What the server says of itself. Rejects with an `ApiError` whose text says where to look instead: the metrics may be
 * on a port of their own, and may need a token of their own, which is no reason to sign out.
 */
export async function loadMetrics(token: string, signal: AbortSignal): Promise<Scrape> {
  const response = await fetch(addressOf(['metrics']), {
    headers: { Authorization: `Bearer ${token}`, Accept: 'text/plain' },
    cache: 'no-store',
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ApiError('the server cannot be reached', { status: 0, code: 'unreachable', cause: error });
  });
  const text = await response.text();
  if (response.ok) return new Scrape(samplesOf(text), performance.now());
  throw new ApiError(reasonOf(response.status), { status: response.status, code: `http_${response.status}` });
}

function reasonOf(status: number): string {
  if (status === 401 || status === 403) {
    return 'The metrics of this server need a token of their own, or one with the scope metrics or admin. Sign in with an admin token to see them here.';
  }
  if (status === 404) {
    return 'The metrics of this server are on a port of their own (WRITER_HUB_METRICS_PORT), which this page does not call.';
  }
  return `the server answered ${status} when it was asked for its metrics`;
}
