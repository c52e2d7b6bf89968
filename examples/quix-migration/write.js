// What Quix's documentation does with the hub of its Streaming Writer API, call by call.
const signalR = require('@microsoft/signalr');
const { address, token, topic, say, main } = require('./settings');
const { streamDetails, parameterDefinitions, eventDefinitions, parameterData, laterData, events } = require('./data');

main(async () => {
  const options = { accessTokenFactory: () => token };
  const connection = new signalR.HubConnectionBuilder().withUrl(`${address}/hub`, options).build();
  // Writer and Reader are one hub here, so a sender can see what readers are told.
  const told = new Promise((resolve) => {
    connection.on('ActiveStreamsChanged', (stream, action) => {
      if (action === 'AddUpdate' && stream.parameters.Speed?.dataType === 'Numeric') resolve(stream);
    });
  });
  await connection.start();
  say('connected');

  const { streamId } = await connection.invoke('CreateStream', topic, { name: streamDetails.name });
  say('created', streamId);
  await connection.invoke('UpdateStream', topic, streamId, streamDetails);
  say('updated', streamDetails);
  await connection.invoke('SubscribeToActiveStreams', topic);

  // Quix documents definitions over HTTP alone (write-http.js); here the hub takes them too.
  await connection.invoke('UpdateParameterDefinitions', topic, streamId, parameterDefinitions);
  await connection.invoke('UpdateEventDefinitions', topic, streamId, eventDefinitions);
  say('defined', await connection.invoke('ReadDefinitions', topic, streamId));

  for (const data of [parameterData, laterData]) {
    await connection.invoke('SendParameterData', topic, streamId, data);
    say('sent', data);
  }
  await connection.invoke('SendEventData', topic, streamId, events);
  say('sent', events);

  // What readers are told of active streams is gathered for some time: a stream that is closed at once is none.
  say('active', await told);
  await connection.invoke('CloseStream', topic, streamId);
  say('closed', streamId);
  await connection.stop();
});
