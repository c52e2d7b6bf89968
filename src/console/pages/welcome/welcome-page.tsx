import { useEffect, useState } from 'preact/hooks';
import { addressOf } from '../../api/api';
import { useConsole } from '../../app/console-context';
import type { PageProps } from '../../app/page-route';
import { setQuery } from '../../app/router';
import { UnknownTab } from '../../app/unknown-tab';
import { useLoaded } from '../../app/use-loaded';
import { CodeBlock } from '../../ui/code-block';
import { ErrorText } from '../../ui/error-text';
import { Field } from '../../ui/field';
import { Tabs } from '../../ui/tabs';
import { ArrivalList } from './arrival-list';
import { type Arrival, Arrivals } from './arrivals';
import { snippets } from './snippets';
import { snippetToken } from './snippet-token';
import { TokenNote } from './token-note';
import { type TopicCheck, useTopicCheck } from './use-topic-check';

const STREAM = 'demo';

/** How to send a first event, ready to run, and the event the moment it comes. */
export function WelcomePage({ query }: PageProps) {
  const topic = query.get('topic') ?? 'cars';
  const dataSource = dataSourceName(topic);
  const check = useTopicCheck(topic);
  return (
    <>
      <div class="page-head">
        <h1>Send your first event</h1>
      </div>
      <div class="welcome">
        <FirstSteps {...{ topic, dataSource, check }} chosen={query.get('with')} />
        {check.problem === undefined && <Incoming key={topic} topic={topic} dataSource={dataSource} />}
      </div>
    </>
  );
}

interface FirstStepsProps {
  readonly topic: string;
  readonly dataSource: string;
  readonly check: TopicCheck;
  /** Which snippet, as the address has it. */
  readonly chosen: string | null;
}

function FirstSteps({ topic, dataSource, check, chosen }: FirstStepsProps) {
  const { session, api } = useConsole();
  const token = useLoaded(() => snippetToken(session, api), []);
  const url = addressOf([]).href.replace(/\/$/, '');
  const all = snippets({ url, topic, dataSource, streamId: STREAM, token: token.value?.token ?? '…' });
  const shown = all.find(({ id }) => id === chosen) ?? all[0]!;
  return (
    <section class="card welcome-steps" aria-label="Snippets">
      <Field label="Topic" hint="It is made by the first event. Any name will do." error={check.problem}>
        {(attributes) => (
          <input
            {...attributes}
            class="welcome-topic"
            spellcheck={false}
            value={topic}
            onChange={(event) => {
              setQuery({ topic: event.currentTarget.value.trim() });
            }}
          />
        )}
      </Field>
      <ErrorText error={token.error} onRetry={token.reload} />
      {check.problem === undefined && (
        <>
          <UnknownTab asked={chosen} tabs={all.map(({ id, title }) => ({ id, text: title }))} />
          <Tabs
            label="Language"
            tabs={all.map(({ id, title }) => ({ id, text: title }))}
            chosen={shown.id}
            onChoose={(id) => {
              setQuery({ with: id });
            }}
          >
            <p class="welcome-instruction">{shown.instruction}</p>
            <CodeBlock text={shown.text} label={`${shown.title} snippet`} />
          </Tabs>
          {token.value !== undefined && <TokenNote token={token.value} topic={topic} isThere={check.isThere} />}
        </>
      )}
    </section>
  );
}

function Incoming({ topic, dataSource }: Pick<FirstStepsProps, 'topic' | 'dataSource'>) {
  const { api, live } = useConsole();
  const [list, setList] = useState<readonly Arrival[]>([]);
  const [isWaiting, setWaiting] = useState(false);
  useEffect(() => {
    const arrivals = new Arrivals(api, live, { topic, dataSource });
    arrivals.list.subscribe(setList);
    arrivals.isBegun.subscribe(setWaiting);
    return () => {
      arrivals.end();
    };
  }, [api, live, topic, dataSource]);
  return <ArrivalList arrivals={list} topic={topic} isWaiting={isWaiting} />;
}

/** Names of data sources are identifiers, those of topics are anything. */
function dataSourceName(topic: string): string {
  return `${topic.replace(/\W/g, '_').replace(/^(?=\d)/, '_')}_rows`;
}
