import { describeClient, oldClient } from '../matrix';

describe('the @aspnet/signalr 1.1 client', () => {
  describeClient(oldClient(1));
});
