/** What a log line says of the trace that it belongs to: 32 and 16 hexadecimal digits. */
export interface TraceFields {
  readonly traceId: string;
  readonly spanId: string;
}

/** W3C Trace Context, section 3.2: version, trace, parent, flags; what follows is of a version to come. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/;

const ALL_ZERO = /^0+$/;

/**
 * The trace and the span that a header `traceparent` names. `undefined` when there is none, or one that the
 * specification has ignored: it is no reason to refuse a request.
 */
export function traceFieldsOf(traceparent: unknown): TraceFields | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', rest] = TRACEPARENT.exec(traceparent) ?? [];
  // Section 3.2.2.1: version ff is forbidden; version 00 has nothing behind the flags.
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  // Section 3.2.2.3: all zeroes are not valid.
  if (ALL_ZERO.test(traceId) || ALL_ZERO.test(spanId)) return undefined;
  return { traceId, spanId };
}
