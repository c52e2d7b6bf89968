// What the scripts here send: the bodies of Quix's documentation.

/** Nanoseconds since 1970. As text: 19 digits are more than a JavaScript number holds. */
const epoch = `${Date.now()}000000`;

const streamDetails = {
  name: 'Car 1, second run',
  location: '/simulations/trials',
  metadata: { track: 'Spa', weather: 'rain' },
  parents: [],
  timeOfRecording: new Date().toISOString(),
};

const parameterDefinitions = [
  {
    id: 'Speed',
    name: 'Speed',
    description: 'over ground',
    minimumValue: 0,
    maximumValue: 400,
    unit: 'km/h',
    customProperties: '{"colour":"red"}',
    location: '/chassis/engine',
  },
  { id: 'Gear', minimumValue: 0, maximumValue: 8, location: '/chassis/gearbox' },
];

/** Names as .NET writes them: they mean the same. */
const eventDefinitions = [
  { Id: 'Lap', Name: 'Lap', Description: 'the line was crossed', Level: 'Information', Location: '/race' },
  { Id: 'Alert', Name: 'Alert', Level: 5, CustomProperties: '' },
];

/** A column for each parameter, as long as `timestamps`; `null` where there is no sample. */
const parameterData = {
  epoch,
  timestamps: [0, 10_000_000, 20_000_000],
  numericValues: { Speed: [120.5, 121.25, null], Gear: [4, 4, 5] },
  stringValues: { Radio: ['box, box', null, ''] },
  binaryValues: { Frame: ['/9j/4AAQ', null, 'AA=='] },
  tagValues: { lap: ['1', '1', '2'] },
};

/** The same later, as .NET sends it. */
const laterData = {
  Epoch: epoch,
  Timestamps: [30_000_000, 40_000_000],
  NumericValues: { Speed: [119.75, 118] },
};

const events = [
  { id: 'Lap', timestamp: epoch, value: '1:47.263', tags: { lap: '1' } },
  { id: 'Alert', timestamp: epoch, value: 'oil pressure', tags: { capacity: 'over' } },
];

module.exports = { streamDetails, parameterDefinitions, eventDefinitions, parameterData, laterData, events };
