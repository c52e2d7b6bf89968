/** Levels of events, each at its number. */
export const EVENT_LEVELS = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical'] as const;

export type EventLevel = (typeof EVENT_LEVELS)[number];

/** What a sender may say of a parameter or of a kind of event. It describes, and converts or refuses nothing. */
export interface Definition {
  /** The id that the data has; once in the definitions of a stream. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  /** A folder path such as `/chassis/engine`, by which clients group. */
  readonly location?: string;
  /** Text of the sender's own, perhaps JSON. */
  readonly customProperties?: string;
}

export interface ParameterDefinition extends Definition {
  /** The range of a chart, not of the values. */
  readonly minimumValue?: number;
  readonly maximumValue?: number;
  readonly unit?: string;
  /** How values are shown. */
  readonly format?: string;
}

export interface EventDefinition extends Definition {
  readonly level: EventLevel;
}

/** The definitions of a stream, each list as it was put, whole. */
export interface Definitions {
  readonly parameters: readonly ParameterDefinition[];
  readonly events: readonly EventDefinition[];
}

/** What a list of definitions is about. */
export type DefinitionKind = keyof Definitions;

export const NO_DEFINITIONS: Definitions = { parameters: [], events: [] };
