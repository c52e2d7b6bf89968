import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Headers that are for one connection and not for what lies behind it. RFC 9110, 7.6.1. */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // It was answered where the request came in.
  'expect',
]);

/** The headers of a message that go on with it, several of one name as they came. */
export function endToEndHeaders({ rawHeaders, headers }: IncomingMessage): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/\s*,\s*/));
  const kept: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    const lower = name.toLowerCase();
    if (HOP_HEADERS.has(lower) || named.has(lower)) continue;
    (kept[lower] ??= []).push(rawHeaders[at + 1]!);
  }
  return Object.fromEntries(
    Object.entries(kept).map(([name, values]) => [name, values.length > 1 ? values : values[0]]),
  );
}
