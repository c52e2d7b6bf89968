import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AnswerChecker, headOf } from './answer-checker';

/** Longer bodies are not looked at. */
const MOST_BYTES = 1024 * 1024;

const STARTED = 'http.server.request.start';

/** Node.js publishes each request of each server of the process. */
interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

let checker: AnswerChecker | undefined;
let faults: string[] = [];
const ports = new Set<number>();

function onRequest(message: unknown): void {
  const { request, response } = message as Started;
  if (request.socket.localPort !== undefined && ports.has(request.socket.localPort)) record(request, response);
}

/** Has every answer of a server compared with the OpenAPI document. A test in which one differs fails. */
export function recordAnswers(url: string): void {
  if (ports.size === 0) subscribe(STARTED, onRequest);
  ports.add(Number(new URL(url).port));
}

/** The answers that were seen in this file so far, as `operationId status`. */
export function seenAnswers(): ReadonlySet<string> {
  return checker?.seen ?? new Set();
}

afterEach(() => {
  const found = faults;
  faults = [];
  if (found.length > 0) throw new Error(`answers are not as the document says:\n${found.join('\n')}`);
});

afterAll(() => {
  if (ports.size > 0) unsubscribe(STARTED, onRequest);
  ports.clear();
});

function record(request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url: target = '' } = request;
  const isCors = request.headers.origin !== undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let written: Record<string, unknown> = {};
  const keep = (chunk: unknown): void => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(Buffer.from(chunk as string));
  };
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  response.write = ((...args: Parameters<typeof write>) => {
    keep(args[0]);
    return write(...args);
  }) as typeof write;
  response.end = ((...args: Parameters<typeof end>) => {
    keep(args[0]);
    return end(...args);
  }) as typeof end;
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const last = args.at(-1);
    if (typeof last === 'object' && !Array.isArray(last)) written = { ...written, ...last };
    return writeHead(...args);
  }) as typeof writeHead;
  response.once('close', () => {
    if (!response.headersSent) return;
    checker ??= new AnswerChecker();
    const body = bytes <= MOST_BYTES ? Buffer.concat(chunks) : undefined;
    const { statusCode: status, writableFinished: isWhole } = response;
    faults.push(
      ...checker.check({ method, target, status, headers: headOf(response, written), body, isWhole, isCors }),
    );
  });
}
