import { type ErrorCode, errorKinds } from '../errors';
import { type MethodDescription, OF_EVERY_METHOD } from '../hub/descriptions/method-description';

/** What holds for all methods of the hub, in Markdown. */
export const HUB_INTRODUCTION = `Methods that are called over SignalR, at \`/hub\` (and at \`/reader/hub\` and \`/writer/hub\`), with the stock client:

\`\`\`js
const connection = new signalR.HubConnectionBuilder()
  .withUrl("http://127.0.0.1:8080/hub", { accessTokenFactory: () => token })
  .withAutomaticReconnect()
  .build();
await connection.start();
\`\`\`

\`invoke\` calls a method that answers once, \`stream\` one that answers with a stream; what the hub calls is registered with
\`on\`. Names of methods are matched in any case, arguments go by their order. Calls of one connection are carried out in the
order in which they were sent, up to 256 at a time.

A call that fails is answered with an error whose text begins with a code and a colon: \`unknown_topic: there is no topic
"cars"\`. [Errors](#errors) says what each code means, and whether to try again.

Timestamps are nanoseconds since 1970. Numbers of JavaScript hold 53 bits: send them as strings of digits, and ask for
\`timestamps: "text"\` where it is offered.`;

/** All codes of a method: its own, and those of every method, in the order of the table. */
export function errorsOfMethod({ errors, parameters }: MethodDescription): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([...OF_EVERY_METHOD, ...errors]);
  if (parameters.some(({ isStream }) => isStream === true)) codes.add('request_timeout');
  return (Object.keys(errorKinds) as ErrorCode[]).filter((code) => codes.has(code));
}
