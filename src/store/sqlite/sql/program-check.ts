import { WriterHubError } from '../../../errors';
import { allowedFunctions } from './allowed-functions';
import { callingOpcodes, harmlessOpcodes, READING_OPCODES, temporaryOpcodes, writingOpcodes } from './allowed-opcodes';

/** A line of what `EXPLAIN` prints, in raw form. */
export type Instruction = readonly [
  address: number,
  opcode: string,
  p1: number,
  p2: number,
  p3: number,
  p4: string | null,
  p5: number,
  comment: string | null,
];

/** What a program may open. */
export interface Openable {
  /** Root pages of tables and indexes of the main database. */
  readonly rootPages: ReadonlySet<number>;
  /** Finds out which virtual tables may be opened, as `EXPLAIN` names them now. */
  virtualTables(): ReadonlySet<string>;
}

/** Number of the main database in an instruction's operand. */
const MAIN = 0;

/** Flag of an instruction that opens a table: its root page is not known before it runs. */
const ROOT_PAGE_IN_REGISTER = 0x10;

/**
 * Decides whether SQLite's program for a query may run. It looks at what would be done, not at how it was written, so that no
 * spelling gets around it; and it allows by lists, so that whatever it does not know is refused. Throws `invalid_sql`.
 */
export function checkProgram(program: Iterable<Instruction>, openable: Openable): void {
  const temporary = new Set<number>();
  const written = new Set<number>();
  for (const instruction of program) {
    const [, opcode, cursor] = instruction;
    if (harmlessOpcodes.has(opcode)) continue;
    if (temporaryOpcodes.has(opcode)) temporary.add(cursor);
    else if (writingOpcodes.has(opcode)) written.add(cursor);
    else checkInstruction(instruction, openable);
  }
  for (const cursor of written) {
    if (!temporary.has(cursor)) throw refused('write to a table');
  }
}

function checkInstruction([, opcode, , p2, p3, p4, p5]: Instruction, openable: Openable): void {
  if (READING_OPCODES.has(opcode)) {
    const open = p3 === MAIN && (p5 & ROOT_PAGE_IN_REGISTER) === 0 && openable.rootPages.has(p2);
    if (!open) throw refused('read a table that is no data source and no topic');
    return;
  }
  if (callingOpcodes.has(opcode)) {
    const name = p4?.replace(/\(-?\d+\)$/, '') ?? '';
    if (!allowedFunctions.has(name)) throw refused(`call the function ${name}`);
    return;
  }
  switch (opcode) {
    case 'VOpen':
      if (!openable.virtualTables().has(p4 ?? ''))
        throw refused('read a virtual table other than json_each and json_tree');
      return;
    case 'Transaction':
      if (p2 !== 0) throw refused('write');
      return;
    default:
      throw refused(`use the instruction ${opcode}`);
  }
}

function refused(what: string): WriterHubError {
  return new WriterHubError('invalid_sql', `a query may not ${what}`);
}
