import type { ApiError, ApiProblem } from '../../api/api-error';
import { fromMilliseconds, looksLike, type TimeUnit, toNanoseconds } from '../../exact/nanoseconds';

export interface TagInput {
  readonly name: string;
  readonly value: string;
}

/** What is in the form, as it was typed. */
export interface EventInput {
  readonly id: string;
  /** Empty: when it is sent. */
  readonly timestamp: string;
  readonly value: string;
  readonly tags: readonly TagInput[];
}

/** An event as the API takes it; a timestamp of digits with all of them. */
export interface PostedEvent {
  readonly id: string;
  readonly timestamp: bigint | string;
  readonly value?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Fields at which an error can stand. */
export type EventField = 'topic' | 'streamId' | 'id' | 'timestamp' | 'value' | 'tags';

export type FormErrors = Readonly<Partial<Record<EventField | 'form', string>>>;

/** An event to be sent, or what keeps it from that. */
export interface GivenEvent {
  readonly event?: PostedEvent;
  readonly errors: FormErrors;
}

/**
 * The event of a form. `now`: milliseconds since 1970. A timestamp that is no number goes as a text, which the server
 * reads as a time or refuses in its own words. Refused here is only what could not be sent.
 */
export function toEvent(topic: string, streamId: string, input: EventInput, now: number): GivenEvent {
  const { id, timestamp, value, tags } = input;
  const named = tags.filter((tag) => tag.name !== '' || tag.value !== '');
  if (topic === '') return { errors: { topic: 'name a topic; it is made if there is none' } };
  if (streamId === '') return { errors: { streamId: 'name a stream; it is made if there is none' } };
  if (isDirectory(topic)) return { errors: { topic: `${topic} means a directory in a path` } };
  if (isDirectory(streamId)) return { errors: { streamId: `${streamId} means a directory in a path` } };
  if (new Set(named.map((tag) => tag.name)).size < named.length) return { errors: { tags: 'two tags have one name' } };
  const event = {
    id,
    timestamp: toTimestamp(timestamp.trim(), now),
    ...(value !== '' && { value }),
    ...(named.length > 0 && { tags: Object.fromEntries(named.map((tag) => [tag.name, tag.value])) }),
  };
  return { event, errors: {} };
}

/** The server refuses such names as well, but browsers take them out of an address. */
function isDirectory(name: string): boolean {
  return name === '.' || name === '..';
}

/** The unit that a typed timestamp was evidently meant in, and the same in nanoseconds. */
export function suspectedUnit(timestamp: string): { readonly unit: TimeUnit; readonly meant: string } | undefined {
  const nanoseconds = toNanoseconds(timestamp.trim());
  const unit = nanoseconds === undefined ? undefined : looksLike(nanoseconds);
  if (nanoseconds === undefined || unit === undefined) return undefined;
  return { unit, meant: String(nanoseconds * FACTORS[unit]) };
}

const FACTORS: Readonly<Record<TimeUnit, bigint>> = {
  seconds: 1_000_000_000n,
  milliseconds: 1_000_000n,
  microseconds: 1000n,
};

/** The field that each complaint of the server is about; what is about none of them stands at the top. */
export function errorsByField(error: ApiError): FormErrors {
  if (error.problems.length === 0) return { [fieldOf(error)]: error.message };
  const errors: Partial<Record<EventField | 'form', string>> = {};
  for (const { path, message } of error.problems) errors[fieldOfPath(path)] ??= message;
  return errors;
}

/** Errors without problems: of names, and of rights. */
function fieldOf({ code, message }: ApiError): EventField | 'form' {
  if (code === 'unknown_topic') return 'topic';
  // All else in an event is short.
  if (code === 'message_too_large') return 'value';
  if (code !== 'invalid_name') return 'form';
  return /stream/i.test(message) ? 'streamId' : 'topic';
}

function fieldOfPath(path: ApiProblem['path']): EventField | 'form' {
  const [field = ''] = path.replace(/^\$\./, '').split(/[.[]/);
  return field === 'id' || field === 'timestamp' || field === 'value' || field === 'tags' ? field : 'form';
}

function toTimestamp(text: string, now: number): bigint | string {
  if (text === '') return fromMilliseconds(now);
  return toNanoseconds(text) ?? text;
}
