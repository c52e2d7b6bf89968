import type { Request, Response } from 'express';
import { WriterHubError } from '../../errors';
import type { StaticFile, StaticFiles } from './static-files';

/** The file of a name. Throws `not_found`. */
export async function foundFile(files: StaticFiles, name: string): Promise<StaticFile> {
  const file = await files.find(name);
  if (file === undefined) throw new WriterHubError('not_found', `there is no file ${name.slice(0, 200)}`);
  return file;
}

/** Sends a file, or 304 to whoever has it. */
export function sendFile(request: Request, response: Response, file: StaticFile): void {
  const { contentType, plain, gzipped, etag } = file;
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

/** Sends a page that scripts may come to, by a policy that names what it may load. */
export function sendPage(request: Request, response: Response, file: StaticFile, contentSecurityPolicy: string): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  // After an upgrade it names other files.
  response.setHeader('Cache-Control', 'no-cache');
  sendFile(request, response, file);
}

/** Sends a file whose name holds a hash of its content. */
export function sendForEver(request: Request, response: Response, file: StaticFile): void {
  response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  sendFile(request, response, file);
}
