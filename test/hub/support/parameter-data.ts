import type { TestHub } from '../../support/test-hub';

/** Sends a package of parameter data, as an object or as JSON text. */
export async function sendData(hub: TestHub, topic: string, streamId: string, data: object | string): Promise<void> {
  const response = await hub.post(`/topics/${topic}/streams/${streamId}/parameters/data`, data);
  if (response.status !== 200) throw new Error(await response.text());
}
