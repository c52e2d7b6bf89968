import type { Definitions } from '../store/contract/definitions';
import type { SeenParameter } from '../store/contract/parameter-store';

/** Longer JSON text is not told with a stream: it is kept for each, and told each time. */
const MOST_TOLD = 64 * 1024;

/** What clients call the kinds of values, in the order in which one is chosen where an id has several. */
const DATA_TYPES = ['Numeric', 'String', 'Binary'] as const;

type DataType = (typeof DATA_TYPES)[number];

const KINDS = { numeric: 'Numeric', string: 'String', binary: 'Binary' } as const;

/**
 * The members `parameters` and `events` of an active stream: its definitions by their ids, each parameter with the type
 * of its values, and parameters that were seen and not defined. Definitions that are too long are left out whole, and
 * of the others those for which there is no room.
 */
export function describe(definitions: Definitions, seen: readonly SeenParameter[]): string {
  const types = dataTypesOf(seen);
  let parameters = definitions.parameters.map(({ id, ...rest }) =>
    renderMember(id, { dataType: types.get(id) ?? 'Unknown', ...rest }),
  );
  let events = definitions.events.map(({ id, ...rest }) => renderMember(id, rest));
  let room = MOST_TOLD - lengthOf(parameters) - lengthOf(events);
  if (room < 0) [parameters, events, room] = [[], [], MOST_TOLD];
  else for (const { id } of definitions.parameters) types.delete(id);
  for (const [id, dataType] of types) {
    const member = renderMember(id, { dataType });
    room -= lengthOf([member]);
    if (room < 0) break;
    parameters.push(member);
  }
  return `"parameters":{${parameters.join(',')}},"events":{${events.join(',')}}`;
}

function dataTypesOf(seen: readonly SeenParameter[]): Map<string, DataType> {
  const types = new Map<string, DataType>();
  for (const { id, kind } of seen) {
    const [type, known] = [KINDS[kind], types.get(id)];
    if (known === undefined || DATA_TYPES.indexOf(type) < DATA_TYPES.indexOf(known)) types.set(id, type);
  }
  return types;
}

/** Not by way of an object of all: that would move ids such as "10" to the front, and lose "__proto__". */
function renderMember(id: string, value: object): string {
  return `${JSON.stringify(id)}:${JSON.stringify(value)}`;
}

/** With commas. */
function lengthOf(members: readonly string[]): number {
  return members.reduce((length, member) => length + member.length + 1, 0);
}
