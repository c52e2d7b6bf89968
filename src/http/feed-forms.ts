import type { WriterHubError } from '../errors';
import type { FeedRecord, Framing } from '../feed/feed-record';
import type { Position } from '../store/contract/position';

/** How what a feed gives is written; what is absent is not. */
export interface FeedForm {
  readonly contentType: string;
  /** The first bytes, sent before there is any event. `retry`: milliseconds after which a reader may come back. */
  start(position: Position, retry: number): string;
  /** One event or row: bytes that are made once for all readers. */
  readonly record: Framing<Buffer>;
  /** That everything up to a position is read, though there was nothing for this reader. */
  progress(position: Position): string;
  /** That everything stored is read. */
  caughtUp(position: Position): string;
  /** Sent when there was nothing to send for a while: what lies between closes connections that are silent. */
  readonly heartbeat: string;
  /** The end for good: coming back is of no use. */
  end(error: WriterHubError): string;
  /** The end for now: the reader comes back after so many milliseconds. `undefined`: its connection is cut. */
  pause(error: WriterHubError, retry: number): string | undefined;
}

/** Marks an end in the last id of a reader: who comes back with it is told to stop. No store has such a position. */
export const END_ID = 'end';

const NOT_FOUND = 404;

/** Whether what is read is there no more; who may not read it now may have a better token later. */
export function isGone({ kind }: WriterHubError): boolean {
  return !kind.retry && kind.status >= NOT_FOUND;
}

const DATA = Buffer.from('data: ');
const EVENT_END = Buffer.from('\n\n');
const LINE_END = Buffer.from('\n');

/** HTML: 9.2.6 Interpreting an event stream. `event`: the name of the events that records are, if they have one. */
function eventStream(event?: string): FeedForm {
  const head = event === undefined ? '' : `event: ${event}\n`;
  return {
    contentType: 'text/event-stream; charset=utf-8',
    start: (position, retry) => `: writer-hub\nretry: ${retry}\nid: ${position}\n\n`,
    record: asBytes(({ position, text }) =>
      Buffer.concat([Buffer.from(`${head}id: ${position}\n`), DATA, text, EVENT_END]),
    ),
    // Without data there is no event, but the reader's last id is this one.
    progress: (position) => `id: ${position}\n\n`,
    caughtUp: (position) => `event: caught-up\nid: ${position}\ndata: ${JSON.stringify({ position })}\n\n`,
    heartbeat: ':\n\n',
    // An event with the name error would be taken for a failed connection.
    end: (error) => `event: end\n${isGone(error) ? `id: ${END_ID}\n` : ''}data: ${errorText(error)}\n\n`,
    pause: ({ code }, retry) => `: ${code}\nretry: ${retry}\n\n`,
  };
}

/** Events have no name, so that `onmessage` gets them. */
export const EVENT_STREAM = eventStream();

/** Packages of parameter data are named, so that they cannot be taken for events. */
export const PARAMETER_STREAM = eventStream('parameters');

/** An event a line. A blank line says that the connection is alive; the last line says why there is no more. */
export const LINES: FeedForm = {
  contentType: 'application/x-ndjson',
  start: () => '',
  record: asBytes(({ text }) => Buffer.concat([text, LINE_END])),
  progress: () => '',
  caughtUp: () => '',
  heartbeat: '\n',
  end: (error) => `{"end":${errorText(error)}}\n`,
  pause: (error) => `{"end":${errorText(error)}}\n`,
};

const FORMS: ReadonlyMap<unknown, FeedForm> = new Map([
  ['text/event-stream', EVENT_STREAM],
  ['application/x-ndjson', LINES],
]);

/** The form of a media type, if it is that of a feed. */
export function formOf(mediaType: string | false): FeedForm | undefined {
  return FORMS.get(mediaType);
}

function asBytes(make: (record: FeedRecord) => Buffer): Framing<Buffer> {
  return { make, bytes: (frame) => frame.length };
}

function errorText({ code, message, earliest }: WriterHubError): string {
  return JSON.stringify({ code, message, earliest });
}
