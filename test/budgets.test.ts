import { BUDGETS, budgetsOf, type BudgetUse } from '../src/budgets';
import { options } from '../src/config';
import { completeConfig } from '../src/settings/settings';

/** What bounds one message, connection, topic, query or second: it has no value for the whole server. */
const NOT_SHARED = new Set([
  ...['maxMessageBytes', 'maxJsonDepth', 'maxTags', 'maxParameters', 'maxPropertiesBytes', 'maxDefinitionsBytes'],
  ...['maxStreamsPerTopic', 'maxSubscriptions', 'maxColumns', 'maxSchemaBytes', 'maxRereads', 'maxQuarantinedRows'],
  ...['maxTokenRequestRate', 'maxTokenByteRate', 'maxDataSourceRequestRate', 'maxDataSourceByteRate'],
  ...['maxSqlBytes', 'maxSqlMemoryBytes', 'maxSqlTempBytes', 'maxResultRows', 'maxResultBytes'],
  ...['maxParallelInvocations', 'maxParallelBytes', 'maxSendBufferBytes', 'maxBodyWait', 'retentionBytes'],
]);

const COUNTS = /^max|^retentionBytes$|Threads$|Processes$|^feedBufferBytes$|^tokenMemory$/;

const USE = Object.fromEntries(Object.keys(BUDGETS).map((name) => [name, () => 1])) as BudgetUse;

describe('budgets', () => {
  it('are all options that bound what callers share', () => {
    const shared = Object.keys(options).filter((name) => COUNTS.test(name) && !NOT_SHARED.has(name));
    expect(Object.values<string>(BUDGETS).toSorted()).toEqual(shared.toSorted());
  });

  it('have the limit of their option, unless another one holds', () => {
    const budgets = budgetsOf(() => completeConfig({ maxTopics: 7 }), USE, { held_bytes: () => 5 });
    const limits = Object.fromEntries(budgets.map(({ name, limit }) => [name, limit()]));
    expect(limits).toMatchObject({ topics: 7, held_bytes: 5, database_bytes: 0, hub_connections: 20_000 });
  });
});
