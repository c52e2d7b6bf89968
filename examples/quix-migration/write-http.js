// What Quix's documentation does with its Streaming Writer API over HTTP, call by call, and reads back what is kept.
const { gzipSync } = require('node:zlib');
const { address, token, topic, say, main } = require('./settings');
const { streamDetails, parameterDefinitions, eventDefinitions, parameterData, laterData, events } = require('./data');

/** A call with a JSON body; an answer that is not 2xx throws its text, which says what is wrong and where. */
async function call(method, path, body, { zipped = false } = {}) {
  const headers = { Authorization: `bearer ${token}`, 'Content-Type': 'application/json' };
  if (zipped) headers['Content-Encoding'] = 'gzip';
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(`${address}/topics/${topic}/streams${path}`, {
    method,
    headers,
    body: zipped ? gzipSync(text) : text,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  say(method, path, String(response.status), answer);
  return answer;
}

/** Throws when something that was sent is not what is read back. */
function expectSame(what, found, sent) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(sent)];
  if (one !== other) throw new Error(`${what} is ${one}, where ${other} was sent`);
}

main(async () => {
  const { streamId } = JSON.parse(await call('POST', '', { name: streamDetails.name }));
  await call('PUT', `/${streamId}`, streamDetails);
  await call('PUT', `/${streamId}/parameters`, parameterDefinitions);
  await call('PUT', `/${streamId}/events`, eventDefinitions);
  await call('POST', `/${streamId}/parameters/data`, parameterData);
  await call('POST', `/${streamId}/parameters/data`, laterData, { zipped: true });
  await call('POST', `/${streamId}/events/data`, events);
  await call('POST', `/${streamId}/close`);

  // Quix's Writer had no way back; this is what there is here.
  const data = JSON.parse(
    await call('GET', `/${streamId}/parameters/data?parameters=Speed,Radio&epoch=${parameterData.epoch}`),
  );
  expectSame('timestamps', data.timestamps, [...parameterData.timestamps, ...laterData.Timestamps]);
  expectSame('Speed', data.numericValues.Speed, [120.5, 121.25, null, 119.75, 118]);
  expectSame('Radio', data.stringValues.Radio, ['box, box', null, '', null, null]);
  const sums = JSON.parse(
    await call('GET', `/${streamId}/parameters/data?parameters=Speed&interval=1d&aggregate=min,max,count`),
  );
  say('summed up', sums.numericValues.Speed);
  const kept = JSON.parse(await call('GET', `/${streamId}/events/data`));
  expectSame(
    'events',
    kept.events.map(({ id, value }) => [id, value]),
    events.map(({ id, value }) => [id, value]),
  );
  say('all that was sent is there');
});
