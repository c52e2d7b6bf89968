import { CLIENT_METHODS } from '../hub/descriptions/client-method-descriptions';
import type {
  ClientMethodDescription,
  MethodDescription,
  MethodParameter,
} from '../hub/descriptions/method-description';
import { METHOD_GROUPS } from '../hub/descriptions/method-groups';
import { type JsonSchema } from '../schemas/json-schema';
import { referredSchemas } from '../schemas/schemas';
import { version } from '../version';
import { type JsonObject, sentence } from './answer-objects';
import { draft7, type Draft7Schema } from './draft7';
import { errorsOfMethod, HUB_INTRODUCTION } from './hub-introduction';

const CHANNEL = '#/channels/hub';

/** AsyncAPI 3 of the methods of the hub and of its clients, made from their descriptions. */
export function asyncApiDocument(): JsonObject {
  const messages: Record<string, JsonObject> = {};
  const operations: Record<string, JsonObject> = {};
  for (const { heading, methods } of METHOD_GROUPS) {
    for (const [name, method] of Object.entries(methods)) {
      messages[name] = callMessage(name, method.parameters);
      Object.assign(messages, streamMessages(name, method));
      messages[`${name}.answer`] = answerMessage(name, method);
      operations[name] = methodOperation(name, method, heading);
    }
  }
  for (const [name, method] of Object.entries<ClientMethodDescription>(CLIENT_METHODS)) {
    messages[name] = callMessage(name, method.parameters);
    operations[name] = callbackOperation(name, method);
  }
  const schemas = Object.entries(referredSchemas(messages)).map(([name, schema]) => [name, draft7(schema)]);
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Writer hub',
      version,
      description: HUB_INTRODUCTION,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: 'application/json',
    servers: { hub: SERVER },
    channels: { hub: { address: '/hub', title: 'The hub', messages } },
    operations,
    components: { securitySchemes: { bearer: BEARER }, tags: TAGS, schemas: Object.fromEntries(schemas) as JsonObject },
  };
}

const CLIENT_GROUP = { heading: 'Methods of the client', meaning: 'What the hub calls.' };

const TAGS = Object.fromEntries(
  [...METHOD_GROUPS, CLIENT_GROUP].map(({ heading, meaning }) => [
    tagOf(heading),
    { name: heading, description: meaning },
  ]),
);

/** A heading as a key. */
function tagOf(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z]+/g, '-');
}

const SERVER = {
  host: '{host}',
  protocol: 'ws',
  description: 'SignalR over WebSockets, Server-Sent Events and long polling, in JSON and MessagePack.',
  variables: { host: { default: '127.0.0.1:8080', description: 'where the server is' } },
  security: [{ $ref: '#/components/securitySchemes/bearer' }],
} as const;

const BEARER = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'the `accessTokenFactory` of a client',
};

function callMessage(name: string, parameters: readonly MethodParameter[]): JsonObject {
  const values = parameters.filter(({ isStream }) => isStream !== true);
  const required = values.filter(({ optional }) => optional !== true).length;
  return {
    name,
    title: name,
    summary: 'the arguments of the call',
    payload: {
      type: 'array',
      minItems: required,
      maxItems: values.length,
      ...(values.length > 0 && { items: values.map(argument) }),
    },
  };
}

/** The items of a stream that the client sends with its call. */
function streamMessages(name: string, { parameters }: MethodDescription): Record<string, JsonObject> {
  const streams = parameters.filter(({ isStream }) => isStream === true);
  return Object.fromEntries(
    streams.map((stream) => [
      `${name}.${stream.name}`,
      {
        name: `${name}.${stream.name}`,
        title: `an item of ${stream.name}`,
        summary: `${stream.meaning}, sent as a stream behind the call`,
        payload: draft7(stream.schema),
      },
    ]),
  );
}

function argument({ name, schema, meaning }: MethodParameter): Draft7Schema {
  return draft7({ ...schema, description: `\`${name}\`: ${meaning}` });
}

function answerMessage(name: string, { answer }: MethodDescription): JsonObject {
  const schema: JsonSchema = answer?.schema ?? { type: 'null' };
  return {
    name: `${name}.answer`,
    title: answer?.isStream === true ? `an item of ${name}` : `the answer of ${name}`,
    summary: answer?.meaning ?? 'nothing, once it is done',
    payload: draft7(schema),
  };
}

function methodOperation(name: string, method: MethodDescription, heading: string): JsonObject {
  const { meaning, details, scope, callbacks = [] } = method;
  const scopes = scope === 'any' ? 'a valid token' : scope.map((one) => `\`${one}\``).join(' or ');
  const calls = callbacks.map((callback) => `\`${callback}\``).join(', ');
  const description = [
    sentence(meaning),
    details,
    `Needs ${scopes}.`,
    calls === '' ? undefined : `Then ${calls} of the client is called.`,
    `Errors: ${errorsOfMethod(method).join(', ')}.`,
  ];
  return {
    action: 'receive',
    title: name,
    summary: sentence(meaning),
    description: description.filter((text) => text !== undefined).join('\n\n'),
    tags: [{ $ref: `#/components/tags/${tagOf(heading)}` }],
    channel: { $ref: CHANNEL },
    messages: [name, ...Object.keys(streamMessages(name, method))].map(messageReference),
    reply: { channel: { $ref: CHANNEL }, messages: [messageReference(`${name}.answer`)] },
  };
}

function callbackOperation(name: string, { meaning }: ClientMethodDescription): JsonObject {
  return {
    action: 'send',
    title: name,
    summary: sentence(meaning),
    tags: [{ $ref: `#/components/tags/${tagOf(CLIENT_GROUP.heading)}` }],
    channel: { $ref: CHANNEL },
    messages: [messageReference(name)],
  };
}

function messageReference(name: string): JsonObject {
  return { $ref: `${CHANNEL}/messages/${name}` };
}
