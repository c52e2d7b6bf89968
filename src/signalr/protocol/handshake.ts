import { isUtf8 } from 'node:buffer';
import { InvalidDataException } from '../exceptions';
import type { HubProtocol } from './hub-protocol';
import { RECORD_SEPARATOR_TEXT } from './record-framing';

/** The first message of a client. HubProtocol: HandshakeRequest. */
export interface HandshakeRequest {
  readonly protocol: string;
  readonly version: number;
}

/** Errors in handshake responses, in the words of ASP.NET Core. */
export const HANDSHAKE_ERRORS = {
  canceled: 'Handshake was canceled.',
  unexpected: 'An unexpected error occurred during connection handshake.',
} as const;

/** Reads a handshake request, without its separator. @throws InvalidDataException when it is not one. */
export function parseHandshakeRequest(bytes: Buffer): HandshakeRequest {
  if (!isUtf8(bytes)) throw new InvalidDataException('Error reading JSON.');
  let request: unknown;
  try {
    request = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own text would quote what the peer sent.
    throw new InvalidDataException('Error reading JSON.');
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new InvalidDataException('Expected a JSON Object.');
  }
  const { protocol, version } = request as Partial<Record<keyof HandshakeRequest, unknown>>;
  if (protocol === undefined) throw new InvalidDataException("Missing required property 'protocol'.");
  if (typeof protocol !== 'string') throw new InvalidDataException("Expected 'protocol' to be of type String.");
  if (version === undefined) throw new InvalidDataException("Missing required property 'version'.");
  if (typeof version !== 'number' || !Number.isInteger(version)) {
    throw new InvalidDataException("Expected 'version' to be of type Number.");
  }
  return { protocol, version };
}

/**
 * The protocol a request asks for, or the text of the error. Names match without regard to case. `carriesBinary` says
 * whether the transport can carry binary data.
 */
export function chooseProtocol(
  request: HandshakeRequest,
  protocols: readonly HubProtocol[],
  carriesBinary: boolean,
): { readonly protocol: HubProtocol } | { readonly error: string } {
  const name = request.protocol.toLowerCase();
  const protocol = protocols.find((candidate) => candidate.name === name);
  if (protocol === undefined) return { error: `The protocol '${request.protocol}' is not supported.` };
  if (request.version > protocol.version) {
    return { error: `The server does not support version ${request.version} of the '${request.protocol}' protocol.` };
  }
  if (protocol.transferFormat === 'Binary' && !carriesBinary) {
    const cannot = `Cannot use the '${protocol.name}' protocol on the current transport.`;
    return { error: `${cannot} The transport does not support 'Binary' transfer format.` };
  }
  return { protocol };
}

/** The response to a handshake request: empty, or with an error. HubProtocol: HandshakeResponse. */
export function writeHandshakeResponse(error?: string): string {
  return JSON.stringify({ error }) + RECORD_SEPARATOR_TEXT;
}
