import { EventService, type EventServiceOptions, type EventServiceStore } from '../../../src/events/event-service';
import { WriteGate } from '../../../src/events/write-gate';
import type { Store } from '../../../src/store/contract/store';

/** Small limits. */
const SERVICE_OPTIONS: EventServiceOptions = {
  maxDepth: 64,
  maxTags: 10,
  maxPropertiesBytes: 1024,
  maxDefinitionsBytes: 1024,
};

/** Keys last for a minute. */
const GATE_OPTIONS = { idempotencyWindow: 60_000 };

/** A service with small limits, whose keys last for a minute. */
export function eventService(
  store: EventServiceStore & Pick<Store, 'full' | 'isFullFor'>,
  options: Partial<EventServiceOptions> = {},
  gate = new WriteGate(store, GATE_OPTIONS),
): EventService {
  return new EventService(store, gate, { ...SERVICE_OPTIONS, ...options });
}
