import { HubClient } from '../../bench/support/hub-client';
import { TOKEN } from '../../bench/support/writer-hub-server';
import type { Writer, WriterTarget } from './writers';

/** One package of parameter data. */
interface SentPackage {
  readonly size: number;
  answer: 'none' | 'acknowledged' | 'refused';
}

/** Everything one writer sends to its stream. */
export class PackageLedger {
  readonly packages: SentPackage[] = [];

  constructor(readonly stream: string) {}

  /** The next package, of so many timestamps: its number, and its JSON text. */
  write(size: number): { number: number; json: string } {
    const number = this.packages.push({ size, answer: 'none' }) - 1;
    const positions = Array.from({ length: size }, (_, position) => position);
    const timestamps = positions.map((position) => number * TIMESTAMPS_APART + position);
    const values = `"number":[${positions.map(() => number).join(',')}],"position":[${positions.join(',')}]`;
    const json = `{"epoch":${EPOCH},"timestamps":[${timestamps.join(',')}],"numericValues":{${values}}}`;
    return { number, json };
  }
}

/** What was found when all samples and packages were read back. */
export interface PackageFindings {
  readonly packages: number;
  readonly stored: number;
  readonly faults: {
    /** Acknowledged packages of which samples are missing. */
    readonly lost: number;
    /** Packages of which only a part is there. */
    readonly partial: number;
    /** Packages with a sample that is there more than once. */
    readonly repeated: number;
    /** Samples that were never sent, or of refused packages. */
    readonly unknown: number;
    readonly refused: number;
    /** Packages that are not as often among those that come live from the beginning as their samples are. */
    readonly unlogged: number;
  };
}

const EPOCH = 1_618_133_869_000_000_000n;
const TIMESTAMPS_APART = 10_000;
const INVOCATIONS_IN_FLIGHT = 8;

/** Sends packages over the hub, several at a time, until its connection ends. */
export async function startPackageWriter(ledger: PackageLedger, target: WriterTarget): Promise<Writer> {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const numbers: number[] = [];
  const client = await HubClient.open(
    { port: target.port, token: TOKEN },
    {
      onCompletion(id, error) {
        ledger.packages[numbers[id]!]!.answer = error === undefined ? 'acknowledged' : 'refused';
        if (error === undefined) target.onAcknowledged();
        send();
      },
      onClose: () => {
        end();
      },
    },
  );
  const send = (): void => {
    const { random, topic } = target;
    const { number, json } = ledger.write(
      random.between(1, 20) === 1 ? random.between(100, 5000) : random.between(1, 5),
    );
    client.invoke(numbers.push(number) - 1, 'SendParameterData', `["${topic}","${ledger.stream}",${json}]`);
  };
  for (let count = 0; count < INVOCATIONS_IN_FLIGHT; count++) send();
  return { ended };
}

/** Reads everything back and compares it with what was sent. */
export async function checkPackages(
  url: string,
  topic: string,
  ledgers: readonly PackageLedger[],
): Promise<PackageFindings> {
  const faults = { lost: 0, partial: 0, repeated: 0, unknown: 0, refused: 0, unlogged: 0 };
  let [packages, stored] = [0, 0];
  for (const { stream, packages: sent } of ledgers) {
    const path = `${url}/topics/${topic}/streams/${stream}/parameters`;
    const found = await readSamples(`${path}/data`);
    const logged = await readPackages(path, found.size);
    packages += sent.length;
    stored += found.size;
    for (const [number, { size, answer }] of sent.entries()) {
      const positions = found.get(number) ?? [];
      const different = new Set(positions).size;
      if (answer === 'refused') faults.refused += 1;
      if (answer === 'acknowledged' && different < size) faults.lost += 1;
      if (different > 0 && different < size) faults.partial += 1;
      if (positions.length > different) faults.repeated += 1;
      if (different > size || (answer === 'refused' && different > 0)) faults.unknown += 1;
      if ((logged.get(number) ?? 0) !== Number(different > 0)) faults.unlogged += 1;
    }
    faults.unknown += [...found.keys()].filter((number) => number >= sent.length).length;
  }
  return { packages, stored, faults };
}

/** The positions of the samples of each package, as they are found by time. */
async function readSamples(url: string): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>();
  for (let after: string | null = ''; after !== null;) {
    const query = after === '' ? 'limit=10000' : `limit=10000&after=${after}`;
    const answer = await fetch(`${url}?${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const text = await answer.text();
    if (answer.status === 404) return found;
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    const page = JSON.parse(text) as { next: string | null; numericValues: Record<string, number[]> };
    const { number: numbers = [], position: positions = [] } = page.numericValues;
    for (const [row, number] of numbers.entries()) found.set(number, [...(found.get(number) ?? []), positions[row]!]);
    after = page.next;
  }
  return found;
}

/** How often each package comes live from the beginning; ends after so many. */
async function readPackages(url: string, count: number): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  if (count === 0) return found;
  const ending = new AbortController();
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/x-ndjson' };
  const answer = await fetch(`${url}?from=earliest`, { headers, signal: ending.signal });
  if (answer.status !== 200 || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
  let rest = '';
  let read = 0;
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') continue;
      const [number] = (JSON.parse(line) as { numericValues?: { number: number[] } }).numericValues?.number ?? [];
      if (number === undefined) continue;
      found.set(number, (found.get(number) ?? 0) + 1);
      read += 1;
    }
    if (read >= count) break;
  }
  ending.abort();
  return found;
}

/** The findings in one line. */
export function describePackages({ packages, stored, faults }: PackageFindings): string {
  const counts = Object.entries(faults).map(([fault, count]) => `${count} ${fault}`);
  return `${packages} packages of parameter data, ${stored} stored: ${counts.join(', ')}`;
}

/** The number of faults of all kinds. */
export function packageFaults({ faults }: PackageFindings): number {
  return Object.values(faults).reduce((before, count) => before + count, 0);
}
