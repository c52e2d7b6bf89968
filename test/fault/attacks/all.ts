import { aborted, type Attack } from './attack';
import { FLOOD_ATTACKS } from './flood-attacks';
import { HUB_ATTACKS } from './hub-attacks';
import { MEMORY_ATTACKS } from './memory-attacks';
import { ROW_ATTACKS } from './row-attacks';
import { SHARE_ATTACKS } from './share-attacks';
import { WORK_ATTACKS } from './work-attacks';

/** Shows what the numbers are when nobody attacks. */
export const NO_ATTACK: Attack = { name: 'no attack', run: (_, signal) => aborted(signal) };

/** Every attack there is, in the order in which they are run. */
export const ATTACKS: readonly Attack[] = [
  NO_ATTACK,
  ...WORK_ATTACKS,
  ...ROW_ATTACKS,
  ...MEMORY_ATTACKS,
  ...SHARE_ATTACKS,
  ...FLOOD_ATTACKS,
  ...HUB_ATTACKS,
];
