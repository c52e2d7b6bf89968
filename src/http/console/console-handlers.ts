import type { Request, Response } from 'express';
import { WriterHubError } from '../../errors';
import { pathParameter } from '../express-router';
import { serverInfo } from '../operations';
import type { Handler } from '../route';
import type { RouteContext } from '../route-context';
import { ConsoleFiles, type ConsoleFile } from './console-files';
import { contentSecurityPolicy } from './content-security-policy';

/** `/`: the console for browsers, for everybody else name, version and addresses of the server as JSON. */
export function frontPage(context: Pick<RouteContext, 'version' | 'proxies' | 'metricsPage' | 'engine'>): Handler {
  const files = new ConsoleFiles();
  const info = serverInfo(context);
  return async (request, response) => {
    response.vary('Accept');
    const page = wantsPage(request) ? await files.page() : undefined;
    if (page === undefined) {
      await info(request, response);
      return;
    }
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(context.proxies.publicAddress(request).host));
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    // After an upgrade it names other files.
    response.setHeader('Cache-Control', 'no-cache');
    sendFile(request, response, page);
  };
}

/** `/console/{file}`: what the page is made of. */
export function consoleFile(): Handler {
  const files = new ConsoleFiles();
  return async (request, response) => {
    const name = pathParameter(request, 'file');
    const file = await files.file(name);
    if (file === undefined) throw new WriterHubError('not_found', `the console has no file ${name.slice(0, 200)}`);
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    sendFile(request, response, file);
  };
}

function wantsPage(request: Request): boolean {
  return request.accepts(['application/json', 'text/html']) === 'text/html';
}

function sendFile(request: Request, response: Response, { type, plain, gzipped }: ConsoleFile): void {
  const isGzipped = request.acceptsEncodings('gzip') === 'gzip';
  response.vary('Accept-Encoding');
  response.setHeader('Content-Type', type);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (isGzipped) response.setHeader('Content-Encoding', 'gzip');
  const body = isGzipped ? gzipped : plain;
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}
