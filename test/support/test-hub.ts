import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { HubConnectionBuilder, LogLevel, type HubConnection, type IHttpConnectionOptions } from '@microsoft/signalr';
import { pino } from 'pino';
import { mintToken } from '../../src/auth/token-minter';
import type { Config } from '../../src/config';
import { startWriterHub, type WriterHub } from '../../src/server';
import { recordAnswers } from './answer-recorder';

/** The secret of every hub here, as long as one must be. */
export const SECRET = 'a secret for tests, of forty-three bytes !!';

const ENDINGS: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ENDINGS.splice(0).reverse()) await end();
});

/** Has something ended when the test is over, the last one first. */
export function atEnd(end: () => Promise<void> | void): void {
  ENDINGS.push(async () => {
    await end();
  });
}

/** A directory that goes away with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'writer-hub-test-'));
  atEnd(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

export function token(...scopes: string[]): string {
  return mintToken({ scopes }, SECRET).token;
}

/** The header of a token of this subject, which may do everything. */
export function bearerOf(subject: string): { authorization: string } {
  return { authorization: `Bearer ${mintToken({ scopes: ['admin'], subject }, SECRET).token}` };
}

/** A server on a free port with a database of its own. It ends with the test. */
export class TestHub {
  readonly #lines: PassThrough;

  private constructor(
    readonly hub: WriterHub,
    lines: PassThrough,
  ) {
    this.#lines = lines;
  }

  static async start(settings: Partial<Config> = {}): Promise<TestHub> {
    const started = await TestHub.open({ ...settings, dataDir: settings.dataDir ?? temporaryDirectory() });
    atEnd(() => started.close());
    return started;
  }

  /** One that does not end with the test: whoever opens it closes it. */
  static async open(settings: Partial<Config> & { readonly dataDir: string }): Promise<TestHub> {
    const lines = new PassThrough();
    const hub = await startWriterHub({ port: 0, jwtSecret: SECRET, ...settings }, pino({ level: 'trace' }, lines));
    recordAnswers(hub.url);
    return new TestHub(hub, lines);
  }

  #closing: Promise<void> | undefined;
  #text = '';

  close(): Promise<void> {
    this.#closing ??= this.hub.close();
    return this.#closing;
  }

  get url(): string {
    return this.hub.url;
  }

  /** Everything that was logged so far. */
  log(): string {
    this.#text += String(this.#lines.read() ?? '');
    return this.#text;
  }

  /** Resolves once a text has been logged. */
  async logged(text: string): Promise<void> {
    while (!this.log().includes(text)) await once(this.#lines, 'readable');
  }

  /** A request with a token that may do everything, unless the headers hold another. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${token('admin')}`);
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  /** Posts JSON; text and bytes go as they are. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const bytes = raw ? body : JSON.stringify(body);
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes),
    });
  }

  /** Text of an answer to GET, which has to be 200. */
  async read(path: string, headers: Record<string, string> = {}): Promise<string> {
    const response = await this.fetch(path, { headers });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }

  /** A stock client that is connected. */
  async connect(bearer = token('admin'), options: IHttpConnectionOptions = {}): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${this.url}/hub`, { accessTokenFactory: () => bearer, ...options })
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    atEnd(() => connection.stop());
    return connection;
  }
}
