import { join } from 'node:path';
import type { Response } from 'express';
import { pathParameter } from '../express-router';
import { foundFile, sendFile, sendForEver, sendPage } from '../files/send-file';
import { StaticFiles } from '../files/static-files';
import type { Handler } from '../route';

/** Where the build puts what describes the server. The path is the same from `src/` and from `dist/`. */
const FOLDER = join(__dirname, '../../../dist/reference-files');

/** What Swagger UI may do: load scripts and styles of this server alone, and call it alone. Its style sheet draws. */
const SWAGGER_POLICY = policy("style-src 'self'", "img-src 'self' data:", "connect-src 'self'");

const HUB_METHODS_POLICY = policy("style-src 'self'");

/** A document that programs read. */
export function referenceDocument(name: string): () => Handler {
  return () => {
    const files = new StaticFiles(FOLDER);
    return async (request, response) => {
      response.setHeader('Cache-Control', 'no-cache');
      sendFile(request, response, await foundFile(files, name));
    };
  };
}

/** Swagger UI, at a path without a slash at its end: its addresses are relative to that. */
export function swaggerPage(): Handler {
  return page('swagger.html', SWAGGER_POLICY);
}

/** Where other servers have Swagger UI. */
export function swaggerIndex(): Handler {
  return (_request, response) => {
    redirect(response, '../swagger');
  };
}

/** The page about the methods of the hub. */
export function hubMethodsPage(): Handler {
  return page('hub-methods.html', HUB_METHODS_POLICY);
}

/** A file that one of the pages is made of; its name holds a hash of its content. */
export function referenceFile(): Handler {
  const files = new StaticFiles(join(FOLDER, 'assets'));
  return async (request, response) => {
    sendForEver(request, response, await foundFile(files, pathParameter(request, 'file')));
  };
}

function page(name: string, contentSecurityPolicy: string): Handler {
  const files = new StaticFiles(FOLDER);
  return async (request, response) => {
    if (request.path.endsWith('/')) {
      redirect(response, `../${request.path.split('/').at(-2)!}`);
      return;
    }
    sendPage(request, response, await foundFile(files, name), contentSecurityPolicy);
  };
}

/** Relative, so that it is right behind a proxy that adds a prefix. */
function redirect(response: Response, location: string): void {
  response.statusCode = 301;
  response.setHeader('Location', location);
  response.end();
}

function policy(...allowed: readonly string[]): string {
  const never = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return ["default-src 'none'", "script-src 'self'", ...allowed, ...never].join('; ');
}
