import { useEffect, useState } from 'preact/hooks';
import { href } from '../../app/router';
import { byteLength, EXCERPT, excerptOf } from '../../exact/excerpt';
import { formatDateTime, formatIso, looksLike, zoneOffset, type TimeUnit } from '../../exact/nanoseconds';
import { formatBytes } from '../../exact/numbers';
import { isJsonContainer, prettyJson } from '../../exact/pretty-json';
import type { ShownEvent } from '../../tail/event';
import { eventJson } from '../../tail/event-export';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';

/** By how much a timestamp of a unit is multiplied to be nanoseconds. */
const FACTORS: Readonly<Record<TimeUnit, bigint>> = {
  seconds: 1_000_000_000n,
  milliseconds: 1_000_000n,
  microseconds: 1_000n,
};

interface Props {
  readonly topic: string;
  readonly event: ShownEvent;
  readonly onClose: () => void;
  readonly onTag: (tag: readonly [string, string]) => void;
  readonly onId: (id: string) => void;
}

/** All of an event, to the last digit. */
export function EventDetail({ topic, event, onClose, onTag, onId }: Props) {
  const { id, streamId, timestamp, tags, offset } = event;
  return (
    <section class="event-detail" aria-labelledby="event-detail-title">
      <header>
        <h2 id="event-detail-title">{excerptOf(id)}</h2>
        <button type="button" class="close-button" aria-label="Close the event" onClick={onClose}>
          ×
        </button>
      </header>
      <UnitNotice timestamp={timestamp} />
      <dl class="detail-facts">
        <dt>Local</dt>
        <dd>
          <time>{formatDateTime(timestamp, 'local', 9)}</time> <span class="muted">{zoneOffset(timestamp)}</span>
        </dd>
        <dt>UTC</dt>
        <dd>
          <time>{formatDateTime(timestamp, 'utc', 9)}</time>
        </dd>
        <dt>Timestamp</dt>
        <dd class="with-copy">
          <code>{String(timestamp)}</code> <CopyButton text={String(timestamp)} label="the timestamp" />
        </dd>
        <dt>Stream</dt>
        <dd>
          <a href={href(['topics', topic, 'streams', streamId])}>{streamId}</a>
        </dd>
        <dt>Position</dt>
        <dd>
          <code>{offset}</code>
        </dd>
        <dt>Tags</dt>
        <dd>
          <TagLinks tags={tags} onTag={onTag} />
        </dd>
      </dl>
      <Value key={`${streamId} ${offset}`} value={event.value} />
      <div class="buttons">
        <CopyButton text={() => eventJson(event)} label="the event" caption="Copy as JSON" />
        <Button
          onClick={() => {
            onId(id);
          }}
        >
          Only this id
        </Button>
      </div>
    </section>
  );
}

/** Says which unit a timestamp evidently is in, if it is not nanoseconds. */
function UnitNotice({ timestamp }: { readonly timestamp: bigint }) {
  const unit = looksLike(timestamp);
  if (unit === undefined) return null;
  const factor = FACTORS[unit];
  return (
    <p class="notice">
      Timestamps are nanoseconds since 1970; this one seems to be in {unit}, and would be{' '}
      <time>{formatIso(timestamp * factor)}</time> then. Send it with {String(factor).length - 1} more zeros.
    </p>
  );
}

function TagLinks({ tags, onTag }: { readonly tags: ShownEvent['tags']; readonly onTag: Props['onTag'] }) {
  const all = Object.entries(tags);
  if (all.length === 0) return <span class="muted">none</span>;
  return (
    <ul class="chips">
      {all.map((tag) => (
        <li key={tag[0]}>
          <button
            type="button"
            class="event-tag"
            title="Show only events with this tag"
            onClick={() => {
              onTag(tag);
            }}
          >
            {tag.join(' = ')}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Value({ value }: { readonly value: string | null }) {
  const [isWhole, setIsWhole] = useState(false);
  const [isPretty, setIsPretty] = useState(false);
  // Of a large value nobody knows whether it is JSON until it is read as a whole, which is done on request.
  const [mayBeJson, setMayBeJson] = useState(value !== null && value.length <= EXCERPT && isJsonContainer(value));
  useEffect(() => {
    if (isWhole && value !== null) setMayBeJson(isJsonContainer(value));
  }, [isWhole, value]);
  if (value === null) return <p class="muted">It has no value.</p>;
  const isCut = value.length > EXCERPT && !isWhole;
  const shown = isCut ? `${excerptOf(value)}…` : ((isPretty ? prettyJson(value) : undefined) ?? value);
  return (
    <div class="event-value">
      <h3 class="with-copy">
        Value <span class="muted">{formatBytes(byteLength(value))}</span>
        <CopyButton text={value} label="the value" />
      </h3>
      <pre tabIndex={0} role="region" aria-label="Value">
        {shown}
      </pre>
      <div class="buttons">
        {isCut && (
          <Button
            onClick={() => {
              setIsWhole(true);
            }}
          >
            Show all of it
          </Button>
        )}
        {mayBeJson && !isCut && (
          <label class="check">
            <input
              type="checkbox"
              checked={isPretty}
              onChange={() => {
                setIsPretty(!isPretty);
              }}
            />
            Format as JSON
          </label>
        )}
      </div>
    </div>
  );
}
