import { parseExact, showExact, type ExactValue } from '../json/exact-value';
import { printable } from './printable';

/** Makes a line of what is printed from the JSON text of an event or a row. */
export type LineOf = (json: string) => string;

/** For programs: the text as the server wrote it. */
export const jsonLine: LineOf = (json) => `${json}\n`;

/** The widest that a column grows; what is longer stands out of it. */
const WIDEST = 24;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Texts on a terminal: ECMA-48, 8.3.117 SGR. */
const STYLES = { dim: ['\u001b[2m', '\u001b[22m'], bold: ['\u001b[1m', '\u001b[22m'] } as const;

/** For people: local time, then columns that are as wide as what has come so far. */
export class PeopleLines {
  readonly #widths = new Map<string, number>();
  readonly #colours: boolean;

  constructor(colours: boolean) {
    this.#colours = colours;
  }

  readonly line: LineOf = (json) => {
    const record = fieldsOf(parseExact(json));
    const { row } = record;
    const parts = row === undefined ? this.#event(record) : this.#row(record, fieldsOf(row));
    return `${parts
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd()}\n`;
  };

  #event(event: Fields): string[] {
    const { streamId = '', id = '', value = null, tags = {} } = event;
    const time = localTime(BigInt(showExact(event['timestamp'] ?? '0')));
    const named = Object.entries(fieldsOf(tags)).map(
      ([name, tag]) => `${printable(name)}=${printable(showExact(tag))}`,
    );
    return [
      this.#style('dim', time),
      this.#column('stream', printable(showExact(streamId))),
      this.#style('bold', this.#column('id', printable(showExact(id)))),
      value === null ? '' : printable(showExact(value)),
      this.#style('dim', named.join(' ')),
    ];
  }

  #row({ offset = '' }: Fields, row: Fields): string[] {
    const fields = Object.entries(row).filter(([, value]) => value !== null);
    return [
      this.#style('dim', this.#column('offset', printable(showExact(offset)))),
      ...fields.map(([name, value]) => `${this.#style('dim', `${printable(name)}=`)}${printable(showExact(value))}`),
    ];
  }

  #column(name: string, text: string): string {
    const width = Math.max(this.#widths.get(name) ?? 0, Math.min(WIDEST, text.length));
    this.#widths.set(name, width);
    return text.padEnd(width);
  }

  #style(style: keyof typeof STYLES, text: string): string {
    if (!this.#colours || text.trim() === '') return text;
    const [begin, end] = STYLES[style];
    return `${begin}${text}${end}`;
  }
}

/** Whether texts on a terminal are coloured: https://no-color.org */
export function wantsColours(env: NodeJS.ProcessEnv): boolean {
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

type Fields = Readonly<Record<string, ExactValue>>;

function fieldsOf(value: ExactValue): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A time in the zone of this machine, with its day unless that is today. */
function localTime(nanoseconds: bigint): string {
  const time = new Date(Number(nanoseconds / NANOSECONDS_PER_MILLISECOND));
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => digits(part, 2)).join(':');
  const text = `${clock}.${digits(time.getMilliseconds(), 3)}`;
  const day = dayOf(time);
  return day === dayOf(new Date()) ? text : `${day} ${text}`;
}

function dayOf(time: Date): string {
  return `${digits(time.getFullYear(), 4)}-${digits(time.getMonth() + 1, 2)}-${digits(time.getDate(), 2)}`;
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, '0');
}
