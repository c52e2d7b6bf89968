import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TestHub, temporaryDirectory, token } from './support/test-hub';

/** Runs a command as a shell does; in curl's answer the head stands before the body. */
async function shell(command: string, cwd = temporaryDirectory()): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', command.replaceAll('curl ', 'curl -s -i ')], { cwd });
  return stdout;
}

/** The documentation's commands, with only the host and the token changed. */
const commands = (url: string, bearer: string) => ({
  'one event': `curl \\
-H "Authorization: Bearer ${bearer}" \\
-d '{"date": "2020-04-05 00:05:38", "city": "Chicago"}' \\
'${url}/v0/events?name=events_test'`,

  'a batch of events': `curl \\
-H "Authorization: Bearer ${bearer}" \\
-d $'{ "date": "2020-04-05 00:05:38", "city": "Chicago"}\\n{"date": "2020-04-05 00:05:38", "city": "Chicago"}\\n' \\
'${url}/v0/events?name=events_test'`,

  'an event in gzip, with a full stop behind the token': `echo '{"timestamp":"2022-10-27T11:43:02.099Z","transaction_id":"8d1e1533-6074-4t"}' | gzip > body.gz

curl \\
  -X POST '${url}/v0/events?name=events_test' \\
  -H "Authorization: Bearer ${bearer}." \\
  -H "Content-Encoding: gzip" \\
  --data-binary @body.gz`,

  'an event without an acknowledgement of its write': `curl \\
  -X POST '${url}/v0/events?name=events_test' \\
  -H "Authorization: Bearer ${bearer}" \\
  -d '{"timestamp":"2022-10-27T11:43:02.099Z"}'`,

  'an event with one': `curl \\
  -X POST '${url}/v0/events?name=events_test&wait=true' \\
  -H "Authorization: Bearer ${bearer}" \\
  -d '{"timestamp":"2022-10-27T11:43:02.099Z"}'`,
});

describe("the documentation's curl", () => {
  it.each([
    ['one event', 202, 1],
    ['a batch of events', 202, 2],
    ['an event in gzip, with a full stop behind the token', 202, 1],
    ['an event without an acknowledgement of its write', 202, 1],
    ['an event with one', 200, 1],
  ] as const)('sends %s', async (name, status, count) => {
    const hub = await TestHub.start();
    const [head, body] = (await shell(commands(hub.url, token('create'))[name])).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^content-type: application\/json\r$/im);
    expect(head).toMatch(/^content-length: 42\r$/im);
    expect(body).toBe(`{"successful_rows":${count},"quarantined_rows":0}`);
    const answer = await hub.read(`/v0/sql?q=${encodeURIComponent('SELECT count(*) AS rows FROM events_test')}`);
    expect(JSON.parse(answer)).toMatchObject({ data: [{ rows: count }] });
  });
});
