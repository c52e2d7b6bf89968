/** How long an answer that goes on is listened to, in milliseconds, and how much of it is shown. */
const LISTEN_MS = 5_000;
const MOST_BYTES = 256 * 1024;

/** Types of answers that may go on for ever. */
const ENDLESS = /^(?:text\/event-stream|application\/x-ndjson)/;

/** As `fetch`, but an answer that goes on ends after a while: who waits for its end would show nothing of it. */
export async function fetchForAWhile(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, init);
  const { body, headers, status, statusText } = response;
  if (body === null || !ENDLESS.test(headers.get('content-type') ?? '')) return response;
  const answer = new Response(await readForAWhile(body), { headers, status, statusText });
  Object.defineProperty(answer, 'url', { value: response.url });
  return answer;
}

async function readForAWhile(body: ReadableStream<Uint8Array>): Promise<Blob> {
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const timer = setTimeout(() => void reader.cancel(), LISTEN_MS);
  let bytes = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(new Uint8Array(next.value));
    bytes += next.value.length;
    if (bytes >= MOST_BYTES) await reader.cancel();
  }
  clearTimeout(timer);
  return new Blob(chunks);
}
