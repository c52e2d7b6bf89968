import { describeClient, oldClient } from '../matrix';

describe('the @microsoft/signalr 9.0 client', () => {
  describeClient(oldClient(9));
});
