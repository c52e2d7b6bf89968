import type { ServerStatus } from './status';

const UNKNOWN = 'not known';

/** A status for people: a line for each thing. */
export function statusText(status: ServerStatus): string {
  const { url, version, ready, reason, metricsError } = status;
  const lines: [string, string][] = [
    ['server', `${url} (writer-hub ${version})`],
    ['ready', ready ? 'yes' : `no: ${reason ?? ''}`],
  ];
  if (metricsError === null) lines.push(...numbersOf(status));
  else lines.push(['numbers', `${UNKNOWN}: ${metricsError}; see --metrics-url and --token`]);
  return lines.map(([name, text]) => `${name.padEnd(12)}${text}\n`).join('');
}

function numbersOf(status: ServerStatus): [string, string][] {
  const { uptimeSeconds, diskFreeBytes, diskSizeBytes } = status;
  return [
    ['up', uptimeSeconds === null ? UNKNOWN : durationText(uptimeSeconds)],
    ['database', `${bytesText(status.databaseBytes)}, write-ahead log ${bytesText(status.logBytes)}`],
    ...(diskFreeBytes === null
      ? []
      : [['disk', `${bytesText(diskFreeBytes)} free of ${bytesText(diskSizeBytes)}`] satisfies [string, string]]),
    ['stored', `${countText(status.eventsStored)} events, ${countText(status.rowsStored)} rows since the start`],
    ['queue', `${countText(status.queuedBatches)} batches, ${bytesText(status.queuedBytes)}`],
    [
      'connections',
      `${countText(status.hubConnections)} at the hub, ${countText(status.anonymousSockets)} without a valid token yet`,
    ],
    ['readers', `${countText(status.readers)} live${partsText(status.readersByLag)}`],
    ...hubsOf(status),
    ['refused', listText(status.refusals)],
    ['limits', listText(status.limitStrikes)],
  ];
}

/** Of a hub that is not alone, or whose logs others have written to. */
function hubsOf({ otherHubs, foreignRecords }: ServerStatus): [string, string][] {
  const others = (otherHubs ?? 0) + (foreignRecords ?? 0);
  if (others === 0) return [];
  return [
    ['hubs', `${countText(otherHubs)} others heard, ${countText(foreignRecords)} records that no hub has written`],
  ];
}

function partsText(parts: Readonly<Record<string, number>>): string {
  const text = Object.entries(parts).map(([name, count]) => `${countText(count)} ${name}`);
  return text.length === 0 ? '' : ` (${text.join(', ')})`;
}

function listText(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return all.length === 0
    ? 'none since the start'
    : all.map(([name, count]) => `${name} ${countText(count)}`).join(', ');
}

function countText(count: number | null): string {
  return count === null ? UNKNOWN : count.toLocaleString('en');
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Three digits, in units of a thousand. */
function bytesText(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  let [value, unit] = [bytes, 0];
  for (; value >= 999.5 && unit + 1 < UNITS.length; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toPrecision(3)} ${UNITS[unit] ?? ''}`;
}

/** The two greatest units: `3 d 4 h`. */
function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown.map(([value, unit]) => `${value} ${unit}`).join(' ');
}
