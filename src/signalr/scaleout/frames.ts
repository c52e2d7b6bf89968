import type { Audience } from '../clients/audience';
import { decodeValues, encodeValues } from './frame-values';

/** The first byte of every frame. A server ignores the frames of other versions. */
const VERSION = 1;

/** A hub message in its frame, by the name of the protocol. */
export type EncodedForms = Readonly<Record<string, Uint8Array>>;

/** How a request to another server ends. */
export interface Outcome {
  readonly value?: unknown;
  /** The error, instead of a value. */
  readonly error?: string;
  /** Whether the error is a `HubException`. */
  readonly hub?: boolean;
}

interface FromServer {
  /** The server that sends the frame. */
  readonly server: string;
}

/** The server is there. */
export interface HeartbeatFrame extends FromServer {
  readonly kind: 'heartbeat';
  /** How often frames to or from it may have been lost. */
  readonly gaps: number;
  /** Whether it has just come and wants to know who else is there. */
  readonly asks: boolean;
  /** Where other servers reach it, if they do. */
  readonly address?: string;
}

/** The server leaves. */
export interface GoodbyeFrame extends FromServer {
  readonly kind: 'goodbye';
}

/** A call of clients. */
export interface SendFrame extends FromServer {
  readonly kind: 'send';
  readonly audience: Audience;
  readonly forms: EncodedForms;
}

interface Request extends FromServer {
  /** Unique among all servers. */
  readonly id: string;
  readonly connectionId: string;
}

/** Asks a client for a result; the request's id is the invocation's. */
export interface InvokeFrame extends Request {
  readonly kind: 'invoke';
  readonly forms: EncodedForms;
  /** The kind of the result, unless any is taken. */
  readonly returns?: string | undefined;
}

/** Puts a connection into a group, or takes it out. */
export interface GroupFrame extends Request {
  readonly kind: 'add' | 'remove';
  readonly group: string;
}

/** Nobody waits for the answer to a request any more. */
export interface CancelFrame extends FromServer {
  readonly kind: 'cancel';
  readonly id: string;
}

/** Answers a request. */
export interface AnswerFrame extends FromServer {
  readonly kind: 'answer';
  readonly id: string;
  readonly outcome: Outcome;
}

/** What servers tell each other over a backplane. */
export type Frame = HeartbeatFrame | GoodbyeFrame | SendFrame | InvokeFrame | GroupFrame | CancelFrame | AnswerFrame;

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTruth: Check = (value) => typeof value === 'boolean';
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const areTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const areForms: Check = (value) => isRecord(value) && Object.values(value).every((form) => form instanceof Uint8Array);
const isAudience: Check = (value) =>
  isRecord(value) &&
  ['all', 'connections', 'groups', 'users'].includes(value['to'] as string) &&
  areTexts(value['names']) &&
  areTexts(value['except']);
const isOptionalText: Check = (value) => value === undefined || isText(value);
const isOutcome: Check = (value) =>
  isRecord(value) && isOptionalText(value['error']) && (value['hub'] === undefined || isTruth(value['hub']));

const GROUP_FIELDS = { id: isText, connectionId: isText, group: isText };

const FIELDS: Readonly<Record<Frame['kind'], Readonly<Record<string, Check>>>> = {
  heartbeat: { gaps: Number.isSafeInteger, asks: isTruth, address: isOptionalText },
  goodbye: {},
  send: { audience: isAudience, forms: areForms },
  invoke: { id: isText, connectionId: isText, forms: areForms, returns: isOptionalText },
  add: GROUP_FIELDS,
  remove: GROUP_FIELDS,
  cancel: { id: isText },
  answer: { id: isText, outcome: isOutcome },
};

/** A frame as bytes. */
export function encodeFrame(frame: Frame): Uint8Array {
  return Buffer.concat([Uint8Array.of(VERSION), encodeValues(frame)]);
}

/** The frame in these bytes. @throws Error that says why they are none. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes[0] !== VERSION) throw new Error(`frame of version ${String(bytes[0])}, where ${VERSION} is spoken here`);
  const values = decodeValues(bytes.subarray(1));
  if (!isRecord(values) || !isText(values['server'])) throw new Error('frame without a server');
  const { kind } = values;
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) throw new Error('frame of an unknown kind');
  for (const [name, check] of Object.entries(FIELDS[kind as Frame['kind']])) {
    if (!check(values[name])) throw new Error(`frame of kind '${kind}' with a wrong '${name}'`);
  }
  return values as unknown as Frame;
}
