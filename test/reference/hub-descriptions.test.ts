import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_METHODS } from '../../src/hub/descriptions/client-method-descriptions';
import { METHOD_GROUPS } from '../../src/hub/descriptions/method-groups';
import { hubMethods, type WriterHubParts } from '../../src/hub/writer-hub';
import { TopicIds } from '../../src/events/topic-ids';
import { HubErrors } from '../../src/hub/hub-errors';
import { hubMarkdown } from '../../src/reference/hub-markdown';

const DOCS = join(__dirname, '../../docs');

/** The methods as they are declared; nothing of what they call is there. */
const METHODS = hubMethods({
  errors: new HubErrors(() => undefined),
  reader: { topicIds: new TopicIds(undefined) },
} as unknown as Omit<WriterHubParts, 'hooks'>);

/** What these replace cannot be left out; that it was is said in words of their own. */
const REFUSES_ABSENT = new Set(['UpdateStream', 'UpdateParameterDefinitions', 'UpdateEventDefinitions']);

const DESCRIBED = METHOD_GROUPS.flatMap(({ methods }) => Object.entries(methods));

describe('the descriptions of the methods of the hub', () => {
  it('are of every method there is, and of no other', () => {
    expect(DESCRIBED.map(([name]) => name).toSorted()).toEqual(Object.keys(METHODS).toSorted());
  });

  it.each(DESCRIBED)('%s has the arguments and the answer that are described', (name, { parameters, answer }) => {
    const method = METHODS[name]!;
    expect(parameters.map(({ isStream = false }) => isStream)).toEqual(
      method.parameters.map((kind) => kind === 'rawStream'),
    );
    const values = parameters.filter(({ isStream }) => isStream !== true);
    const optional = values.filter((parameter) => parameter.optional === true).length;
    expect(optional).toBe(REFUSES_ABSENT.has(name) ? 0 : method.kinds.length - method.required);
    expect(answer?.isStream ?? false).toBe(method.answersStream);
  });

  it('name every method of the client that the hub calls', () => {
    const named = new Set(DESCRIBED.flatMap(([, { callbacks = [] }]) => callbacks));
    expect([...named].toSorted()).toEqual(Object.keys(CLIENT_METHODS).toSorted());
  });

  it('are what docs/hub.md is made of: `npm run docs:hub` writes it anew', () => {
    expect(readFileSync(join(DOCS, 'hub.md'), 'utf8')).toBe(hubMarkdown());
  });
});
