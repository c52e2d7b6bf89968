import { type ErrorCode, errorKinds } from '../errors';
import { CLIENT_METHODS } from '../hub/descriptions/client-method-descriptions';
import type {
  ClientMethodDescription,
  MethodDescription,
  MethodGroup,
  MethodParameter,
} from '../hub/descriptions/method-description';
import { METHOD_GROUPS } from '../hub/descriptions/method-groups';
import type { JsonSchema } from '../schemas/json-schema';
import { referredSchemas } from '../schemas/schemas';
import { sentence } from './answer-objects';
import { errorsOfMethod } from './hub-introduction';
import { type TypePart, typeText } from './type-text';

/** What a page about the hub says, whatever it is written in. Texts are Markdown of one paragraph. */
export interface HubReference {
  readonly groups: readonly {
    readonly heading: string;
    readonly meaning: string;
    readonly methods: readonly MethodText[];
  }[];
  readonly callbacks: readonly CallbackText[];
  readonly types: readonly TypeText[];
  /** Those that some method may fail with. */
  readonly errors: readonly ErrorText[];
}

/** What a code means. */
export interface ErrorText {
  readonly code: ErrorCode;
  readonly retry: boolean;
  readonly meaning: string;
}

export interface ParameterText {
  readonly name: string;
  readonly type: readonly TypePart[];
  readonly note: 'optional' | 'stream' | undefined;
  readonly meaning: string;
}

export interface CallbackText {
  readonly name: string;
  readonly signature: string;
  readonly meaning: string;
  readonly parameters: readonly ParameterText[];
}

export interface MethodText extends CallbackText {
  readonly answer:
    { readonly type: readonly TypePart[]; readonly isStream: boolean; readonly meaning: string } | undefined;
  /** Texts of scopes, one of which is needed; empty: any token. */
  readonly scopes: readonly string[];
  readonly errors: readonly ErrorCode[];
  readonly callbacks: readonly string[];
  readonly details: string | undefined;
  readonly example: string | undefined;
}

/** A named type: its members, or what it is if it is no object. */
export interface TypeText {
  readonly name: string;
  readonly meaning: string;
  readonly type: readonly TypePart[];
  readonly members: readonly {
    readonly name: string;
    readonly type: readonly TypePart[];
    readonly isOptional: boolean;
    readonly meaning: string;
  }[];
}

/** The methods of the hub, those of its clients, and the types that they name. */
export function hubReference(): HubReference {
  const schemas = referredSchemas([METHOD_GROUPS, CLIENT_METHODS]);
  return {
    groups: METHOD_GROUPS.map(groupText),
    callbacks: Object.entries(CLIENT_METHODS).map(([name, method]) => callbackText(name, method)),
    types: Object.entries(schemas).map(([name, schema]) => namedType(name, schema)),
    errors: errorTexts(),
  };
}

function errorTexts(): readonly ErrorText[] {
  const named = new Set(METHOD_GROUPS.flatMap(({ methods }) => Object.values(methods).flatMap(errorsOfMethod)));
  const codes = (Object.keys(errorKinds) as ErrorCode[]).filter((code) => named.has(code));
  return codes.map((code) => ({ code, retry: errorKinds[code].retry, meaning: errorKinds[code].meaning }));
}

function groupText({ heading, meaning, methods }: MethodGroup): HubReference['groups'][number] {
  return { heading, meaning, methods: Object.entries(methods).map(([name, method]) => methodText(name, method)) };
}

function methodText(name: string, method: MethodDescription): MethodText {
  const { answer, scope, callbacks = [], details, example } = method;
  return {
    ...callbackText(name, method),
    answer: answer && { type: typeText(answer.schema), isStream: answer.isStream ?? false, meaning: answer.meaning },
    scopes: scope === 'any' ? [] : scope.map((one) => one.replace(/\{(\w+)\}/, '<$1>')),
    errors: errorsOfMethod(method),
    callbacks,
    details,
    example,
  };
}

function callbackText(name: string, { parameters, meaning }: ClientMethodDescription): CallbackText {
  const names = parameters.map(({ name: parameter, optional }) => `${parameter}${optional === true ? '?' : ''}`);
  return {
    name,
    signature: `${name}(${names.join(', ')})`,
    meaning: sentence(meaning),
    parameters: parameters.map(parameterText),
  };
}

function parameterText({ name, schema, optional, isStream, meaning }: MethodParameter): ParameterText {
  const note = optional === true ? 'optional' : isStream === true ? 'stream' : undefined;
  return { name, type: typeText(schema), note, meaning };
}

function namedType(name: string, schema: JsonSchema): TypeText {
  const { properties = {}, required = [], description = '', $ref } = schema;
  const members = Object.entries(properties).map(([member, of]) => ({
    name: member,
    type: typeText(of),
    isOptional: !required.includes(member),
    meaning: of.description ?? '',
  }));
  const isUnion = schema.anyOf !== undefined || schema.oneOf !== undefined;
  const type = $ref !== undefined ? typeText({ $ref }) : members.length > 0 && !isUnion ? [] : typeText(schema);
  return { name, meaning: description, type, members };
}
