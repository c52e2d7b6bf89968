/** `it` for a rule that holds on a condition, such as what an engine declares. */
export function itWhen(condition: boolean): jest.It {
  return condition ? it : it.skip;
}

/** `describe` for rules that hold on a condition. */
export function describeWhen(condition: boolean): jest.Describe {
  return condition ? describe : describe.skip;
}
