import { join } from 'node:path';
import type { Request, Response } from 'express';
import { WriterHubError } from '../../errors';
import { pathParameter } from '../express-router';
import type { Handler } from '../route';
import { StaticFiles, type StaticFile } from './static-files';

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
      send(request, response, await found(files, name));
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
    const file = await found(files, pathParameter(request, 'file'));
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    send(request, response, file);
  };
}

function page(name: string, contentSecurityPolicy: string): Handler {
  const files = new StaticFiles(FOLDER);
  return async (request, response) => {
    if (request.path.endsWith('/')) {
      redirect(response, `../${request.path.split('/').at(-2)!}`);
      return;
    }
    const file = await found(files, name);
    response.setHeader('Content-Security-Policy', contentSecurityPolicy);
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    // After an upgrade it names other files.
    response.setHeader('Cache-Control', 'no-cache');
    send(request, response, file);
  };
}

/** Relative, so that it is right behind a proxy that adds a prefix. */
function redirect(response: Response, location: string): void {
  response.statusCode = 301;
  response.setHeader('Location', location);
  response.end();
}

async function found(files: StaticFiles, name: string): Promise<StaticFile> {
  const file = await files.find(name);
  if (file === undefined) throw new WriterHubError('not_found', `there is no file ${name.slice(0, 200)}`);
  return file;
}

function send(request: Request, response: Response, { contentType, plain, gzipped, etag }: StaticFile): void {
  const isGzipped = request.acceptsEncodings('gzip') === 'gzip';
  response.vary('Accept-Encoding');
  response.setHeader('ETag', etag);
  if (request.fresh) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader('Content-Type', contentType);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (isGzipped) response.setHeader('Content-Encoding', 'gzip');
  const body = isGzipped ? gzipped : plain;
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function policy(...allowed: readonly string[]): string {
  const never = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return ["default-src 'none'", "script-src 'self'", ...allowed, ...never].join('; ');
}
