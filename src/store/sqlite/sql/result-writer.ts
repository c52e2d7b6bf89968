import { WriterHubError } from '../../../errors';
import type { CheckedQuery } from './data-connection';
import type { ResultText } from '../../sql/formats/result-format';

/** How large a result may be. */
export interface ResultLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** How many characters are gathered before they are sent. */
const CHUNK_LENGTH = 64 * 1024;

/** Sends a result in chunks. Throws `result_too_large` beyond a limit. */
export class ResultWriter {
  #rows = 0;
  #bytes = 0;
  #gathered = '';
  readonly #limits: ResultLimits;
  readonly #send: (bytes: Buffer) => void;

  constructor(limits: ResultLimits, send: (bytes: Buffer) => void) {
    this.#limits = limits;
    this.#send = send;
  }

  /** Returns the preamble, which belongs before everything that was sent. */
  write(query: CheckedQuery, text: ResultText): string {
    this.#add(text.start());
    for (const row of query.iterate()) {
      this.#countRow();
      this.#add(text.row(row));
    }
    this.#add(text.end(this.#rows, this.#bytes + Buffer.byteLength(this.#gathered)));
    this.#flush();
    const preamble = text.preamble();
    this.#countBytes(Buffer.byteLength(preamble));
    return preamble;
  }

  #add(text: string): void {
    this.#gathered += text;
    if (this.#gathered.length >= CHUNK_LENGTH) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#gathered);
    this.#gathered = '';
    this.#countBytes(bytes.length);
    if (bytes.length > 0) this.#send(bytes);
  }

  #countRow(): void {
    this.#rows += 1;
    const { maxRows } = this.#limits;
    if (this.#rows > maxRows) throw tooLarge(`more than ${maxRows} rows`);
  }

  #countBytes(bytes: number): void {
    this.#bytes += bytes;
    const { maxBytes } = this.#limits;
    if (this.#bytes > maxBytes) throw tooLarge(`more than ${maxBytes} bytes`);
  }
}

function tooLarge(what: string): WriterHubError {
  return new WriterHubError(
    'result_too_large',
    `the result has ${what}, which is the most it may have; ask for less, with LIMIT`,
  );
}
