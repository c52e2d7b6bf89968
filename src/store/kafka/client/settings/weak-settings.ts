import type { Settings } from './topic-settings';

/** What a topic has to be set to, so that nothing that was acknowledged is lost. */
export interface NeededSettings {
  readonly minInsyncReplicas: number;
  readonly maxRecordBytes: number;
}

interface Weakness {
  /** As it is. */
  readonly is: string;
  readonly why: string;
  /** As it has to be. */
  readonly remedy: string;
}

/**
 * Why a Kafka topic that somebody else has made, or changed, is no log that can be relied on, with the command that
 * mends it; `undefined`: it is one.
 */
export function weaknessOf(topic: string, settings: Settings, needed: NeededSettings): string | undefined {
  const found = weaknesses(settings, needed);
  if (found.length === 0) return undefined;
  const reasons = found.map(({ is, why }) => `${is} (${why})`).join(', ');
  const remedies = found.map(({ remedy }) => remedy).join(',');
  return (
    `the Kafka topic ${topic} has ${reasons}: "kafka-configs.sh --alter --topic ${topic} --add-config ${remedies}" mends it, ` +
    'or see WRITER_HUB_KAFKA_ALLOW_UNSAFE'
  );
}

function weaknesses(settings: Settings, { minInsyncReplicas, maxRecordBytes }: NeededSettings): Weakness[] {
  const found: Weakness[] = [];
  const check = (name: string, isWeak: (value: string) => boolean, needed: string, why: string): void => {
    const value = settings.get(name);
    if (value !== undefined && isWeak(value)) found.push({ is: `${name}=${value}`, why, remedy: `${name}=${needed}` });
  };
  const isNot = (needed: string) => (value: string) => value !== needed;
  const isLess = (needed: number) => (value: string) => Number(value) < needed;
  check('cleanup.policy', isNot('delete'), 'delete', 'Kafka drops events of a stream when newer ones come');
  check('retention.ms', isNot('-1'), '-1', 'Kafka deletes events by itself');
  check('retention.bytes', isNot('-1'), '-1', 'Kafka deletes events by itself');
  check('unclean.leader.election.enable', isNot('false'), 'false', 'what was acknowledged may be lost with a broker');
  const [copies, most] = [String(minInsyncReplicas), String(maxRecordBytes)];
  check('min.insync.replicas', isLess(minInsyncReplicas), copies, 'fewer copies than what is acknowledged is promised');
  check('message.timestamp.type', isNot('LogAppendTime'), 'LogAppendTime', 'hubs would go by clocks of their own');
  check('max.message.bytes', isLess(maxRecordBytes), most, 'less than WRITER_HUB_KAFKA_MAX_RECORD_BYTES');
  return found;
}
