/** What is printed about a server that has just started. */
export interface Started {
  readonly version: string;
  /** Its address on this machine, without a slash at the end. */
  readonly url: string;
  /** Its addresses for other machines, if it listens to the network. */
  readonly networkUrls: readonly string[];
  readonly dataDir: string;
  /** Present on the first start only. */
  readonly developmentToken: string | undefined;
  /** Whether the secret of its tokens is in its data directory. */
  readonly hasOwnSecret: boolean;
}

/** Where the commands look for a server that they were not told of. */
const USUAL_URL = 'http://127.0.0.1:8080';

/**
 * The text printed at start-up. On the first start it holds one link, which opens the console signed in, and a command
 * to paste that sends a first event; later the commands that open the console and make a token.
 */
export function banner(started: Started): string {
  const { version, url, networkUrls, dataDir, developmentToken } = started;
  return [
    `Writer hub ${version} listens on ${url}`,
    ...networkUrls.map((address) => `  and for other machines on ${address}`),
    '',
    ...(developmentToken === undefined ? laterSteps(started) : firstSteps(url, developmentToken)),
    `  Console       ${url}/`,
    `  SignalR hub   ${url}/hub`,
    `  HTTP          ${url}/topics`,
    `  Data          ${dataDir}`,
    '',
  ].join('\n');
}

function firstSteps(url: string, token: string): string[] {
  return [
    'Open the console on this machine; the link signs you in:',
    '',
    `  ${url}/#token=${token}`,
    '',
    'First start: a secret was created in the data directory. The link holds a development token that may do everything',
    'for 30 days, and is not shown again; `npx writer-hub open` makes another link. For programs, the token alone:',
    '',
    `  ${token}`,
    '',
    'A first event with curl, which the console shows as it comes:',
    '',
    `curl -i ${url}/topics/cars/streams/demo/events/data \\`,
    `  -H "Authorization: Bearer ${token}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '[{"id": "Alert", "timestamp": 1618133869000000000, "tags": {"capacity": "over"}, "value": "Help"}]'`,
    '',
  ];
}

function laterSteps({ url, dataDir, hasOwnSecret }: Started): string[] {
  const secret = hasOwnSecret ? ` --data-dir ${quoted(dataDir)}` : '';
  const server = url === USUAL_URL ? '' : ` --url ${url}`;
  const note = hasOwnSecret ? '' : '   (with the WRITER_HUB_JWT_SECRET of this server)';
  return [
    'Open the console, signed in, or print the link with --print:',
    '',
    `  npx writer-hub open${server}${secret}${note}`,
    '',
    'Make a token for a program:',
    '',
    `  npx writer-hub token --scope "create read:*"${secret}${note}`,
    '',
  ];
}

/** A word of a shell's command. */
function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
