import { HUB_INTRODUCTION } from './hub-introduction';
import {
  type CallbackText,
  hubReference,
  type HubReference,
  type MethodText,
  type ParameterText,
  type TypeText,
} from './hub-reference';
import type { TypePart } from './type-text';

/** `docs/hub.md`: the methods of the hub for people who read the repository. */
export function hubMarkdown(): string {
  const { groups, callbacks, types, errors } = hubReference();
  return [
    '# The methods of the hub',
    '<!-- Made of src/hub/descriptions by `npm run docs:hub`; a test compares it. -->',
    HUB_INTRODUCTION,
    'A running server has this page at `/hub-methods`, and the same for programs at `/asyncapi.json` (AsyncAPI 3).',
    tableOf(groups),
    ...groups.flatMap(({ heading, meaning, methods }) => [`## ${heading}`, meaning, ...methods.flatMap(methodSection)]),
    '## Methods of the client',
    'What the hub calls. Register each with `on` before subscribing.',
    ...callbacks.flatMap(callbackSection),
    '## Errors',
    [
      '| code | try again | meaning |',
      '| --- | --- | --- |',
      ...errors.map(({ code: name, retry, meaning }) => `| \`${name}\` | ${retry ? 'yes' : 'no'} | ${meaning} |`),
    ].join('\n'),
    '## Types',
    'In the notation of TypeScript; `int64` and `integer` are JSON numbers.',
    ...types.flatMap(typeSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function tableOf(groups: HubReference['groups']): string {
  const rows = groups.flatMap(({ methods }) =>
    methods.map(({ name, signature, meaning }) => `| [\`${signature}\`](#${name.toLowerCase()}) | ${meaning} |`),
  );
  return ['| method | what it does |', '| --- | --- |', ...rows].join('\n');
}

function methodSection({ name, signature, meaning, details, example, ...method }: MethodText): string[] {
  return [
    `### ${name}`,
    `\`${signature}\``,
    [meaning, details].filter((text) => text !== undefined).join(' '),
    ...parameterTable(method.parameters),
    [
      `- **Answer:** ${answerText(method)}`,
      `- **Scope:** ${method.scopes.length === 0 ? 'any token' : method.scopes.map(code).join(' or ')}`,
      ...(method.callbacks.length === 0
        ? []
        : [`- **Calls:** ${method.callbacks.map((one) => `[\`${one}\`](#${one.toLowerCase()})`).join(', ')}`]),
      `- **Errors:** ${method.errors.map(code).join(', ')}`,
    ].join('\n'),
    ...(example === undefined ? [] : [`\`\`\`js\n${example}\n\`\`\``]),
  ];
}

function answerText({ answer }: Pick<MethodText, 'answer'>): string {
  if (answer === undefined) return 'nothing, once it is done';
  return `${answer.isStream ? 'a stream of ' : ''}${typeOf(answer.type)}: ${answer.meaning}`;
}

function callbackSection({ name, signature, meaning, parameters }: CallbackText): string[] {
  return [`### ${name}`, `\`${signature}\``, meaning, ...parameterTable(parameters)];
}

function parameterTable(parameters: readonly ParameterText[]): string[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map(
    ({ name, type, note, meaning }) =>
      `| \`${name}\` | ${note === 'stream' ? 'a stream of ' : ''}${typeOf(type)}${note === 'optional' ? ', optional' : ''} | ${meaning} |`,
  );
  return [['| argument | type | |', '| --- | --- | --- |', ...rows].join('\n')];
}

function typeSection({ name, meaning, type, members }: TypeText): string[] {
  const rows = members.map(
    (member) =>
      `| \`${member.name}${member.isOptional ? '?' : ''}\` | ${typeOf(member.type)} | ${cell(member.meaning)} |`,
  );
  return [
    `### ${name}`,
    ...(meaning === '' ? [] : [meaning]),
    ...(type.length === 0
      ? []
      : [`${members.length > 0 ? 'What ' : ''}${typeOf(type)}${members.length > 0 ? ' has, and' : ''}`]),
    ...(rows.length === 0 ? [] : [['| member | type | |', '| --- | --- | --- |', ...rows].join('\n')]),
  ];
}

/** Names of types are links. */
function typeOf(parts: readonly TypePart[]): string {
  const texts = parts.map((part) =>
    typeof part === 'string' ? { text: cell(part), isName: false } : { text: part.name, isName: true },
  );
  return texts.map(({ text, isName }) => (isName ? `[${text}](#${text.toLowerCase()})` : `\`${text}\``)).join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Text in a cell of a table, where a bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
