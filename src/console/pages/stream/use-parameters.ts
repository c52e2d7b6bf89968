import { useConsole } from '../../app/console-context';
import { useLoaded, type Loaded } from '../../app/use-loaded';

/** What a sender said of a parameter. */
export interface ParameterDefinition {
  readonly id: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly unit?: string | null;
  readonly location?: string | null;
  readonly minimumValue?: number | null;
  readonly maximumValue?: number | null;
}

/** What a sender said of an event. */
export interface EventDefinition {
  readonly id: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly level?: string | null;
  readonly location?: string | null;
}

export interface Definitions {
  readonly parameters: readonly ParameterDefinition[];
  readonly events: readonly EventDefinition[];
}

/** A parameter of a stream, with what was said of it. */
export interface KnownParameter extends ParameterDefinition {
  readonly isNumeric: boolean;
}

interface ActiveStream {
  readonly streamId: string;
  readonly parameters?: Readonly<Record<string, { readonly dataType?: string }>>;
}

interface SamplesPage {
  readonly numericValues: Readonly<Record<string, unknown>>;
  readonly stringValues: Readonly<Record<string, unknown>>;
  readonly binaryValues: Readonly<Record<string, unknown>>;
}

/**
 * The parameters of a stream, by id: those that were defined, those of the stream while it is active, and those of its
 * first thousand samples.
 */
export function useParameters(topic: string, streamId: string): Loaded<readonly KnownParameter[]> {
  const { api, live } = useConsole();
  return useLoaded(
    async (signal) => {
      const path = ['topics', topic, 'streams', streamId];
      const [definitions, active, page] = await Promise.all([
        api.get<Definitions>([...path, 'definitions'], { signal }),
        activeStream((method) => live.invoke(method, topic), streamId),
        api.get<SamplesPage>([...path, 'parameters', 'data'], { query: { limit: 1000 }, signal }),
      ]);
      const found = new Map<string, KnownParameter>();
      for (const definition of definitions.parameters) found.set(definition.id, { ...definition, isNumeric: true });
      const note = (id: string, isNumeric: boolean): void => {
        found.set(id, { ...(found.get(id) ?? { id }), isNumeric });
      };
      for (const [id, { dataType }] of Object.entries(active?.parameters ?? {})) {
        if (dataType !== undefined && dataType !== 'Unknown') note(id, dataType === 'Numeric');
        else if (!found.has(id)) note(id, true);
      }
      for (const id of [...Object.keys(page.stringValues), ...Object.keys(page.binaryValues)]) note(id, false);
      for (const id of Object.keys(page.numericValues)) note(id, true);
      return [...found.values()].sort((one, other) => one.id.localeCompare(other.id));
    },
    [topic, streamId],
  );
}

/** The stream as it is listed while it is active. Subscribed to for a moment, and no longer. */
async function activeStream(
  call: (method: string) => Promise<unknown>,
  streamId: string,
): Promise<ActiveStream | undefined> {
  try {
    const streams = (await call('SubscribeToActiveStreams')) as readonly ActiveStream[];
    await call('UnsubscribeFromActiveStreams');
    return streams.find((stream) => stream.streamId === streamId);
  } catch {
    // Not connected, or no place is left for a reader: what is stored says enough.
    return undefined;
  }
}
