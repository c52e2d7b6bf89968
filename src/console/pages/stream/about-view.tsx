import { useConsole } from '../../app/console-context';
import { useLoaded } from '../../app/use-loaded';
import { renderExact } from '../../api/json';
import { formatMoment } from '../../exact/nanoseconds';
import { prettyJson } from '../../exact/pretty-json';
import { CodeBlock } from '../../ui/code-block';
import { EmptyState } from '../../ui/empty-state';
import { ErrorText } from '../../ui/error-text';
import { Table } from '../../ui/table';
import type { StreamAnswer } from './stream-answer';
import type { Definitions, EventDefinition, ParameterDefinition } from './use-parameters';

interface Props {
  readonly topic: string;
  readonly stream: StreamAnswer;
}

/** What was said of a stream: its properties, metadata, parents and definitions. */
export function AboutView({ topic, stream }: Props) {
  const { api } = useConsole();
  const { streamId } = stream;
  const definitions = useLoaded(
    (signal) => api.get<Definitions>(['topics', topic, 'streams', streamId, 'definitions'], { signal }),
    [topic, streamId],
  );
  const metadata = Object.entries(stream.metadata ?? {});
  return (
    <div class="about-view">
      <section>
        <h2>Properties</h2>
        <Facts facts={factsOf(stream)} />
      </section>
      <section>
        <h2>Metadata</h2>
        {metadata.length === 0 ? <p class="muted">None was sent.</p> : <Facts facts={metadata} />}
      </section>
      <section class="about-wide">
        <h2>Definitions</h2>
        <ErrorText error={definitions.error} onRetry={definitions.reload} />
        {definitions.value !== undefined && <DefinitionTables definitions={definitions.value} />}
      </section>
      <section class="about-wide">
        <h2>As the server answers</h2>
        <CodeBlock text={prettyJson(renderExact(stream)) ?? ''} label="the stream as JSON" />
      </section>
    </div>
  );
}

/** Names and what they say, one below the other. */
function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl class="detail-facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(stream: StreamAnswer): readonly (readonly [string, string])[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Id', stream.streamId],
    ['Name', stream.name],
    ['Location', stream.location],
    ['Status', stream.status],
    ['Time of recording', stream.timeOfRecording?.toString()],
    ['Parents', stream.parents?.join(', ')],
    ['Made', formatMoment(stream.createdAt)],
    ['Changed', formatMoment(stream.updatedAt)],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function DefinitionTables({ definitions: { parameters, events } }: { readonly definitions: Definitions }) {
  if (parameters.length + events.length === 0) {
    return (
      <EmptyState title="No definitions">
        <p>
          A sender may say what its parameters and events are, with units, ranges and levels:{' '}
          <code>PUT …/parameters</code> and <code>PUT …/events</code>.
        </p>
      </EmptyState>
    );
  }
  const text = (value: string | number | null | undefined): string => String(value ?? '');
  return (
    <>
      {parameters.length > 0 && (
        <Table<ParameterDefinition>
          label="Definitions of parameters"
          rows={parameters}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Parameter', cell: ({ id }) => id },
            { title: 'Name', cell: ({ name }) => text(name) },
            { title: 'Unit', cell: ({ unit }) => text(unit) },
            { title: 'Minimum', isNumber: true, cell: ({ minimumValue }) => text(minimumValue) },
            { title: 'Maximum', isNumber: true, cell: ({ maximumValue }) => text(maximumValue) },
            { title: 'Location', cell: ({ location }) => text(location) },
            { title: 'Description', cell: ({ description }) => text(description) },
          ]}
        />
      )}
      {events.length > 0 && (
        <Table<EventDefinition>
          label="Definitions of events"
          rows={events}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Event', cell: ({ id }) => id },
            { title: 'Name', cell: ({ name }) => text(name) },
            { title: 'Level', cell: ({ level }) => text(level) },
            { title: 'Location', cell: ({ location }) => text(location) },
            { title: 'Description', cell: ({ description }) => text(description) },
          ]}
        />
      )}
    </>
  );
}
