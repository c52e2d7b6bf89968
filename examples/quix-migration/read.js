// What Quix's documentation does with the hub of its Streaming Reader API: subscribes to everything of a topic, prints
// what comes, and ends when something of each kind has come. Start it before what writes.
const signalR = require('@microsoft/signalr');
const { address, token, topic, say, main } = require('./settings');

/** The methods that have to be called, and what has to be in the call. */
const wanted = new Map([
  ['ParameterDataReceived', (data) => 'Speed' in data.numericValues && 'Frame' in data.binaryValues],
  ['EventDataReceived', (event) => event.id === 'Alert'],
  [
    'ActiveStreamsChanged',
    (stream, action) => action === 'AddUpdate' && stream.parameters.Speed?.dataType === 'Numeric',
  ],
  ['TopicMetricsUpdated', (metrics) => metrics.bytesPerSecond > 0],
  ['PackageReceived', (received) => 'NumericValues' in JSON.parse(received.value)],
  ['ParameterDefinitionsUpdated', (update) => update.definitions[0].Unit === 'km/h'],
]);

main(
  async () => {
    const options = { accessTokenFactory: () => token };
    const connection = new signalR.HubConnectionBuilder().withUrl(`${address}/hub`, options).build();
    const complete = new Promise((resolve, reject) => {
      for (const method of [...wanted.keys()]) {
        connection.on(method, (...values) => {
          say(method, ...values);
          if (wanted.get(method)?.(...values)) wanted.delete(method);
          if (wanted.size === 0) resolve();
        });
      }
      connection.onclose((error) => reject(error ?? new Error('the connection was closed')));
    });
    // What fails before it is waited for is told when it is.
    complete.catch(() => undefined);
    await connection.start();

    await connection.invoke('SubscribeToParameter', topic, '*', '*');
    await connection.invoke('SubscribeToEvent', topic, '*', '*');
    await connection.invoke('SubscribeToPackages', topic);
    await connection.invoke('SubscribeToParameterDefinitions', topic, '*');
    say('active', await connection.invoke('SubscribeToActiveStreams', topic));
    say('metrics', (await connection.invoke('SubscribeToTopicMetrics', topic)).length);
    say('subscribed');

    await complete;
    await connection.invoke('UnsubscribeFromParameter', topic, '*', '*');
    await connection.invoke('UnsubscribeFromStream', topic, '*');
    say('everything has come');
    await connection.stop();
  },
  () => `, and these were not called with what was wanted: ${[...wanted.keys()].join(', ')}`,
);
