import { hubFailureOf } from '../../src/console/api/hub-failure';

describe('hubFailureOf', () => {
  it.each([
    ['An error occurred on the server while streaming results. HubException: forbidden: the token lacks read:cars'],
    [
      "An unexpected error occurred invoking 'ReadStreams' on the server. HubException: forbidden: the token lacks read:cars",
    ],
    ['HubException: forbidden: the token lacks read:cars'],
    ['forbidden: the token lacks read:cars'],
  ])('finds the code and the words of the server in %s', (message) => {
    expect(hubFailureOf(new Error(message))).toEqual({ code: 'forbidden', reason: 'the token lacks read:cars' });
  });

  it('leaves other errors as they are', () => {
    const reason = "Cannot send data if the connection is not in the 'Connected' State.";
    expect(hubFailureOf(new Error(reason))).toEqual({ code: undefined, reason });
  });
});
