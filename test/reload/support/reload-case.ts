import type { Config, ReloadableName } from '../../../src/config';
import { SECRET, TestHub } from '../../support/test-hub';

/** A change of a server that runs, and what is seen of it. */
export interface ReloadCase {
  readonly from?: Partial<Config>;
  readonly to: Partial<Config>;
  /** Done once, before anything is seen. */
  readonly before?: (hub: TestHub) => Promise<unknown>;
  /** What shows the option: it has to be `expected[0]` before the change and `expected[1]` after it. */
  readonly see: (hub: TestHub) => Promise<unknown>;
  readonly expected: readonly [unknown, unknown];
}

export type ReloadCases<Names extends ReloadableName> = Readonly<Record<Names, ReloadCase>>;

/** Other settings of a hub, which has its own directory and secret unless they say otherwise. */
export function reload(hub: TestHub, settings: Partial<Config>): ReturnType<TestHub['hub']['reload']> {
  return hub.hub.reload(() => ({ port: 0, jwtSecret: SECRET, dataDir: hub.hub.dataDir, ...settings }));
}

export function describeReloads(title: string, cases: Readonly<Record<string, ReloadCase>>): void {
  describe(title, () => {
    it.each(Object.entries(cases))('takes another %s', async (name, { from = {}, to, before, see, expected }) => {
      const hub = await TestHub.start(from);
      await before?.(hub);
      expect(await see(hub)).toEqual(expected[0]);
      const outcome = reload(hub, { ...from, dataDir: hub.hub.dataDir, ...to });
      expect(outcome).toMatchObject({ result: 'success', changed: expect.arrayContaining([name]) as unknown });
      expect(await see(hub)).toEqual(expected[1]);
    });
  });
}

/** An event to a stream. */
export const eventsOf = (topic: string, stream = 'car-1'): string => `/topics/${topic}/streams/${stream}/events/data`;

export const event = (more: object = {}): object => ({ id: 'a', timestamp: 1, ...more });

/** The value of a metric; labels are part of the name. */
export async function metric(hub: TestHub, name: string): Promise<number> {
  const line = (await hub.read('/metrics')).split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? NaN);
}

/** The code of an answer, or its status if it has none. */
export async function codeOf(response: Response): Promise<unknown> {
  const text = await response.text();
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return code ?? response.status;
}
