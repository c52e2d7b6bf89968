/** What holds for all routes, in Markdown. */
export const INTRODUCTION = `Everything that Writer hub answers over HTTP. What can be called over SignalR is another
document: [its page](hub-methods), [AsyncAPI](asyncapi.json).

**Tokens.** \`Authorization: Bearer …\`. A token says what it may do: each operation names the scope it needs. \`admin\` may
do everything, \`create\` whatever \`append:…\` does.

**An answer means that it is on disk**, committed and synced (rows that are sent without \`wait=true\` are answered with 202
before).

**Timestamps** are nanoseconds since 1970 in 64 bits, written as JSON integers of 19 digits. JavaScript's \`JSON.parse\` rounds
them to about 200 ns: read them with a lossless parser, and send them as strings of digits. Positions are opaque texts.

**Pages.** \`next\` of an answer is \`after\` of the next request; \`null\`: there is no more now.

**Answers that go on** are \`text/event-stream\` (Server-Sent Events) or \`application/x-ndjson\` (a JSON document a line). The
schema of the former is that of each event, whose \`data\` is JSON text; the \`items\` of \`contentSchema\` are the lines of the
latter.

**Bodies** may be compressed with \`gzip\`, \`deflate\`, \`br\` or \`zstd\` (\`Content-Encoding\`), at most 10 MiB by default, as
sent and inflated.

**Methods.** Whatever takes GET takes HEAD (but the hub). Another method of a path is answered with 405 and \`Allow\`, OPTIONS with 204 and
\`Allow\`. A query parameter that a route does not know is refused by name.

**Errors** are \`application/problem+json\` (RFC 9457) with a \`code\`; below \`/v0\` they are \`{"error": …}\`, as clients of that
API expect. Each operation lists the codes that it may fail with, by their status.
`;
