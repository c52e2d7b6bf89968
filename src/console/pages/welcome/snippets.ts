/** What the snippets are filled in with. */
export interface SnippetValues {
  /** Address of the server, without a slash at the end. */
  readonly url: string;
  readonly topic: string;
  readonly streamId: string;
  /** Name of the data source of the snippet in Tinybird's form. */
  readonly dataSource: string;
  readonly token: string;
}

export interface Snippet {
  readonly id: SnippetId;
  /** Of its tab. */
  readonly title: string;
  /** What to do with it. */
  readonly instruction: string;
  readonly text: string;
}

export type SnippetId = 'curl' | 'page' | 'node' | 'python' | 'csharp' | 'quix' | 'tinybird';

/** Programs that send an event each, ready to run. Every value is quoted as the language wants it. */
export function snippets(values: SnippetValues): readonly Snippet[] {
  return [
    { id: 'curl', title: 'curl', instruction: 'Paste into a terminal.', text: curl(values) },
    {
      ...{ id: 'page', title: 'Web page', text: page(values) },
      instruction: 'Save as event.html, open it, and press the button. It works from any origin, also from the disk.',
    },
    {
      ...{ id: 'node', title: 'Node.js', text: node(values) },
      instruction: 'npm install @microsoft/signalr, save as send.js, and run: node send.js',
    },
    {
      ...{ id: 'python', title: 'Python', text: python(values) },
      instruction: 'Save as send.py and run: python3 send.py. It needs nothing but Python.',
    },
    {
      ...{ id: 'csharp', title: 'C#', text: csharp(values) },
      instruction:
        'dotnet new console, dotnet add package Microsoft.AspNetCore.SignalR.Client, put it into Program.cs, and: dotnet run',
    },
    {
      ...{ id: 'quix', title: 'From Quix', text: quix(values) },
      instruction:
        "Programs for Quix's Streaming Writer keep their calls: what changes is the address, and the token. Save as writer.js.",
    },
    {
      ...{ id: 'tinybird', title: 'From Tinybird', text: tinybird(values) },
      instruction: "Programs for Tinybird's Events API keep their calls: what changes is the base URL, and the token.",
    },
  ];
}

function eventsUrl({ url, topic, streamId }: SnippetValues): string {
  return `${url}/topics/${encoded(topic)}/streams/${encoded(streamId)}/events/data`;
}

function curl(values: SnippetValues): string {
  return [
    `curl -i ${quoted(eventsUrl(values))} \\`,
    `  -H ${quoted(`Authorization: Bearer ${values.token}`)} \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '[{"id": "Alert", "timestamp": '$(date +%s)'000000000, "tags": {"capacity": "over"}, "value": "Hello from curl"}]'`,
  ].join('\n');
}

function page(values: SnippetValues): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>My first event</title>
<button>Send an event</button> <output></output>
<script>
  const url = ${inScript(eventsUrl(values))};
  const token = ${inScript(values.token)};

  document.querySelector("button").onclick = async () => {
    const event = {
      id: "Alert",
      timestamp: new Date().toISOString(),
      tags: { capacity: "over" },
      value: "Hello from a page",
    };
    const response = await fetch(url, {
      method: "POST",
      headers: { Authorization: "Bearer " + token, "Content-Type": "application/json" },
      body: JSON.stringify([event]),
    });
    document.querySelector("output").textContent = response.ok ? "Stored" : await response.text();
  };
</script>
`;
}

function node({ url, topic, streamId, token }: SnippetValues): string {
  return `const signalR = require("@microsoft/signalr");

const connection = new signalR.HubConnectionBuilder()
  .withUrl(${JSON.stringify(`${url}/hub`)}, {
    accessTokenFactory: () => ${JSON.stringify(token)},
  })
  .build();

connection.start().then(async () => {
  const event = {
    id: "Alert",
    timestamp: Date.now() + "000000",
    tags: { capacity: "over" },
    value: "Hello from Node.js",
  };
  await connection.invoke("SendEventData", ${JSON.stringify(topic)}, ${JSON.stringify(streamId)}, [event]);
  console.log("Stored");
  await connection.stop();
});
`;
}

function python(values: SnippetValues): string {
  return `import json, time, urllib.request

event = {
    "id": "Alert",
    "timestamp": time.time_ns(),
    "tags": {"capacity": "over"},
    "value": "Hello from Python",
}
request = urllib.request.Request(
    ${JSON.stringify(eventsUrl(values))},
    data=json.dumps([event]).encode(),
    headers={
        "Authorization": "Bearer ${values.token}",
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    print("Stored" if response.status == 200 else response.status)
`;
}

function csharp({ url, topic, streamId, token }: SnippetValues): string {
  return `using Microsoft.AspNetCore.SignalR.Client;

await using var connection = new HubConnectionBuilder()
    .WithUrl(${JSON.stringify(`${url}/hub`)}, options =>
        options.AccessTokenProvider = () => Task.FromResult<string?>(
            ${JSON.stringify(token)}))
    .Build();
await connection.StartAsync();

var events = new[]
{
    new
    {
        Id = "Alert",
        Timestamp = DateTimeOffset.UtcNow,
        Tags = new Dictionary<string, string> { ["capacity"] = "over" },
        Value = "Hello from C#",
    },
};
await connection.InvokeAsync("SendEventData", ${JSON.stringify(topic)}, ${JSON.stringify(streamId)}, events);
Console.WriteLine("Stored");
`;
}

/** As Quix's documentation had it, with the two lines that change. */
function quix({ url, topic, streamId, token }: SnippetValues): string {
  return `const signalR = require("@microsoft/signalr");

// The two that change:
const url = ${JSON.stringify(`${url}/hub`)};
const token = ${JSON.stringify(token)};

const topic = ${JSON.stringify(topic)};
const streamId = ${JSON.stringify(streamId)};
const options = { accessTokenFactory: () => token };
const connection = new signalR.HubConnectionBuilder().withUrl(url, options).build();

connection.start().then(async () => {
  const eventData = [{
    timestamp: Date.now() * 1000000,
    tags: { capacity: "over" },
    id: "Alert",
    value: "Hello from Quix's client",
  }];
  await connection.invoke("SendEventData", topic, streamId, eventData);
  console.log("Stored");
  await connection.stop();
});
`;
}

function tinybird({ url, dataSource, token }: SnippetValues): string {
  return [
    `curl -i ${quoted(`${url}/v0/events?name=${encoded(dataSource)}&wait=true`)} \\`,
    `  -H ${quoted(`Authorization: Bearer ${token}`)} \\`,
    `  -d '{"date": "'"$(date -u '+%Y-%m-%d %H:%M:%S')"'", "city": "Chicago"}'`,
  ].join('\n');
}

/** `encodeURIComponent`, and what it leaves that a shell or a quote would take for its own. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A word of a shell's command. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A text in a script of a page, where `</script>` and `<!--` would end it. */
function inScript(text: string): string {
  return JSON.stringify(text).replaceAll('<', String.raw`\u003c`);
}
