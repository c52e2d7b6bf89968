import { describeClient, oldClient } from '../matrix';

describe('the @microsoft/signalr 3.1 client', () => {
  describeClient(oldClient(3));
});
