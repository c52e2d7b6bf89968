/** What is printed about a server that has just started. */
export interface Started {
  readonly version: string;
  readonly url: string;
  readonly dataDir: string;
  /** Present on the first start only. */
  readonly developmentToken: string | undefined;
  /** Whether the secret of its tokens is in its data directory. */
  readonly hasOwnSecret: boolean;
}

/**
 * The text printed at start-up. On the first start it holds a token and commands to paste that send a first event,
 * later the command that makes a token.
 */
export function banner({ version, url, dataDir, developmentToken, hasOwnSecret }: Started): string {
  const lines = [
    `Writer hub ${version} listens on ${url}`,
    '',
    `  SignalR hub   ${url}/hub`,
    `  HTTP          ${url}/topics`,
    `  Console       ${url}/   (lists the routes until the web console is there)`,
    `  Data          ${dataDir}`,
    '',
  ];
  if (developmentToken !== undefined) lines.push(...firstSteps(url, developmentToken));
  else lines.push('Make a token:', '', `  ${tokenCommand(dataDir, hasOwnSecret)}`, '');
  return lines.join('\n');
}

function tokenCommand(dataDir: string, hasOwnSecret: boolean): string {
  const command = 'npx writer-hub token --scope "create read:*"';
  if (!hasOwnSecret) return `${command}   (with the WRITER_HUB_JWT_SECRET of this server)`;
  const directory = /^[\w./@:+-]+$/.test(dataDir) ? dataDir : `'${dataDir.replaceAll("'", String.raw`'\''`)}'`;
  return `${command} --data-dir ${directory}`;
}

function firstSteps(url: string, token: string): string[] {
  const events = '/topics/cars/streams/demo/events/data';
  return [
    'First start: a secret was created in the data directory. This development token may create, write and read',
    'every topic for 30 days; it is not shown again (`writer-hub token --help` makes more):',
    '',
    `  ${token}`,
    '',
    'Send an event with curl:',
    '',
    `curl -i ${url}${events} \\`,
    `  -H "Authorization: Bearer ${token}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '[{"id": "Alert", "timestamp": 1618133869000000000, "tags": {"capacity": "over"}, "value": "Help"}]'`,
    '',
    'or from Node.js, where @microsoft/signalr is installed (paste into a file and run it with node):',
    '',
    'const signalR = require("@microsoft/signalr");',
    `const token = "${token}";`,
    'const connection = new signalR.HubConnectionBuilder()',
    `  .withUrl("${url}/hub", { accessTokenFactory: () => token })`,
    '  .build();',
    'connection.start().then(async () => {',
    '  const event = { id: "Alert", timestamp: Date.now() * 1000000, tags: { capacity: "over" }, value: "Hello" };',
    '  await connection.invoke("SendEventData", "cars", "demo", [event]);',
    '  console.log("Sent event data");',
    '  await connection.stop();',
    '});',
    '',
    'and read them back:',
    '',
    `curl ${url}${events} -H "Authorization: Bearer ${token}"`,
    '',
  ];
}
