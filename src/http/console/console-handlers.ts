import { join } from 'node:path';
import type { Request } from 'express';
import { pathParameter } from '../express-router';
import { foundFile, sendForEver, sendPage } from '../files/send-file';
import { StaticFiles } from '../files/static-files';
import { serverInfo } from '../operations';
import type { Handler } from '../route';
import type { RouteContext } from '../route-context';
import { contentSecurityPolicy } from './content-security-policy';

/** Where the build puts the console. The path is the same from `src/` and from `dist/`. */
const FOLDER = join(__dirname, '../../../dist/console');

const PAGE = 'index.html';

/** `/`: the console for browsers, for everybody else name, version and addresses of the server as JSON. */
export function frontPage(context: Pick<RouteContext, 'version' | 'proxies' | 'metricsPage' | 'engine'>): Handler {
  const files = new StaticFiles(FOLDER);
  const info = serverInfo(context);
  return async (request, response) => {
    response.vary('Accept');
    // Where the console was not built there is none.
    const page = wantsPage(request) ? await files.find(PAGE) : undefined;
    if (page === undefined) await info(request, response);
    else sendPage(request, response, page, contentSecurityPolicy(context.proxies.publicAddress(request).host));
  };
}

/** `/console/{file}`: what the page is made of. */
export function consoleFile(): Handler {
  const files = new StaticFiles(FOLDER, [PAGE]);
  return async (request, response) => {
    sendForEver(request, response, await foundFile(files, pathParameter(request, 'file')));
  };
}

function wantsPage(request: Request): boolean {
  return request.accepts(['application/json', 'text/html']) === 'text/html';
}
