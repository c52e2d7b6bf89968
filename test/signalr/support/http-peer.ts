import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';

const SEPARATOR = '\x1e';

/** The whole response to a request. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A client of the HTTP transports that sends literal requests, each on its own connection. */
export class HttpPeer {
  private constructor(
    /** The hub's address with the token. */
    readonly url: string,
    readonly connectionId: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** Negotiates; starts no transport. */
  static async negotiate(hubUrl: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpPeer> {
    const response = await fetch(`${hubUrl}/negotiate?negotiateVersion=1`, { method: 'POST', headers });
    const ids = (await response.json()) as { connectionId: string; connectionToken: string };
    return new HttpPeer(`${hubUrl}?id=${ids.connectionToken}`, ids.connectionId, headers);
  }

  /** Negotiates, begins long polling, and completes the handshake. */
  static async longPolling(hubUrl: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpPeer> {
    const peer = await HttpPeer.negotiate(hubUrl, headers);
    expect(await peer.poll()).toMatchObject({ status: 200, body: '' });
    await peer.post('{"protocol":"json","version":1}');
    expect(await peer.poll()).toMatchObject({ status: 200, body: `{}${SEPARATOR}` });
    return peer;
  }

  /** Negotiates, begins Server-Sent Events, and completes the handshake. */
  static async serverSentEvents(
    hubUrl: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<[HttpPeer, EventStream]> {
    const peer = await HttpPeer.negotiate(hubUrl, headers);
    const events = await peer.events();
    await peer.post('{"protocol":"json","version":1}');
    expect(await events.next()).toBe('{}');
    return [peer, events];
  }

  /** The same connection, used by another user. */
  as(headers: Readonly<Record<string, string>>): HttpPeer {
    return new HttpPeer(this.url, this.connectionId, headers);
  }

  /** The same user without a connection. */
  at(hubUrl: string): HttpPeer {
    return new HttpPeer(hubUrl, '', this.headers);
  }

  /** Begins a request; its body is up to the caller. */
  open(method: string, headers: Readonly<Record<string, string>> = {}): ClientRequest {
    return httpRequest(this.url, { method, agent: false, headers: { ...this.headers, ...headers } });
  }

  /** Sends a whole request. */
  ask(method: string, body: string | Uint8Array = '', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const request = this.open(method, headers);
    const answer = answerTo(request);
    request.end(body);
    return answer;
  }

  poll(): Promise<Answer> {
    return this.ask('GET');
  }

  /** Posts each record with its separator. */
  post(...records: string[]): Promise<Answer> {
    return this.ask('POST', records.map((record) => record + SEPARATOR).join(''));
  }

  /** Polls until a record comes, which must be the only one in its response. */
  async nextRecord(): Promise<string> {
    for (;;) {
      const { status, body } = await this.poll();
      expect(status).toBe(200);
      if (body !== '') return body.replace(SEPARATOR, '');
    }
  }

  /** Opens the event stream. */
  async events(): Promise<EventStream> {
    const request = this.open('GET', { accept: 'text/event-stream' });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    return new EventStream(response);
  }
}

/** The whole response to a request that was or will be sent. */
export async function answerTo(request: ClientRequest): Promise<Answer> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const text of response.setEncoding('utf8')) body += text as string;
  return { status: response.statusCode, headers: response.headers, body };
}

/** The events of a response, and the hub messages in them. */
export class EventStream {
  /** Everything that was received, literally. */
  raw = '';
  readonly closed: Promise<unknown>;
  readonly #records: string[] = [];
  readonly #waiting: ((record: string) => void)[] = [];
  #parsed = 0;

  constructor(readonly response: IncomingMessage) {
    this.closed = new Promise((resolve) => {
      response.on('close', resolve);
    });
    response.on('error', () => undefined);
    response.setEncoding('utf8').on('data', (text: string) => {
      this.raw += text;
      this.#parse();
    });
  }

  /** The next hub message that has come or comes. */
  next(): Promise<string> {
    const record = this.#records.shift();
    if (record !== undefined) return Promise.resolve(record);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #parse(): void {
    for (;;) {
      const end = this.raw.indexOf('\r\n\r\n', this.#parsed);
      if (end === -1) return;
      const lines = this.raw.slice(this.#parsed, end).split('\r\n');
      this.#parsed = end + 4;
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      const text = data.join('\n');
      // A message is never split over events.
      expect(text.endsWith(SEPARATOR)).toBe(true);
      for (const record of text.slice(0, -1).split(SEPARATOR)) {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#records.push(record);
        else waiting(record);
      }
    }
  }
}
