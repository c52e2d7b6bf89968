import { WriterHubError } from '../../../errors';
import { ALLOWED_FUNCTIONS } from './allowed-functions';
import {
  CALLING_OPCODES,
  HARMLESS_OPCODES,
  READING_OPCODES,
  TEMPORARY_OPCODES,
  WRITING_OPCODES,
} from './allowed-opcodes';

/** A row of `EXPLAIN`: an instruction of SQLite's virtual machine (VDBE). */
export type VdbeInstruction = readonly [
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
  /** The virtual tables that may be opened, as `EXPLAIN` names them. */
  virtualTables(): ReadonlySet<string>;
}

/** The main database's number in an operand. */
const MAIN = 0;

/** `OPFLAG_P2ISREG`: the operand of an instruction that opens a table is a register, so its root page is unknown. */
const ROOT_PAGE_IN_REGISTER = 0x10;

/**
 * Checks whether SQLite's program for a query may run. What the program does is checked rather than the text of the
 * query, so no spelling gets around it, and only what is on a list is allowed, so unknown instructions are refused.
 * Throws `invalid_sql`.
 */
export function checkProgram(program: Iterable<VdbeInstruction>, openable: Openable): void {
  const temporary = new Set<number>();
  const written = new Set<number>();
  for (const instruction of program) {
    const [, opcode, cursor] = instruction;
    if (HARMLESS_OPCODES.has(opcode)) continue;
    if (TEMPORARY_OPCODES.has(opcode)) temporary.add(cursor);
    else if (WRITING_OPCODES.has(opcode)) written.add(cursor);
    else checkInstruction(instruction, openable);
  }
  for (const cursor of written) {
    if (!temporary.has(cursor)) throw refused('write to a table');
  }
}

function checkInstruction([, opcode, , p2, p3, p4, p5]: VdbeInstruction, openable: Openable): void {
  if (READING_OPCODES.has(opcode)) {
    const open = p3 === MAIN && (p5 & ROOT_PAGE_IN_REGISTER) === 0 && openable.rootPages.has(p2);
    if (!open) throw refused('read a table that is not a data source or a topic');
    return;
  }
  if (CALLING_OPCODES.has(opcode)) {
    const name = p4?.replace(/\(-?\d+\)$/, '') ?? '';
    if (!ALLOWED_FUNCTIONS.has(name)) throw refused(`call the function ${name}`);
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
