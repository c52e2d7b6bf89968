import { describeClient, oldClient } from '../matrix';

describe('the @microsoft/signalr 8.0 client', () => {
  describeClient(oldClient(8));
});
