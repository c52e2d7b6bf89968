/** Nanoseconds that no JavaScript number holds, so they are sent as text. */
export const EPOCH = '1697020374684026881';

/** A package that has every kind of value, as a program in JavaScript holds it. */
export const EVERY_VALUE = {
  epoch: EPOCH,
  timestamps: [0, 1, -1, 3600000000000],
  numericValues: {
    Speed: [0.1, 120.25, null, 3],
    Range: [1.7976931348623157e308, 5e-324, 9007199254740991, -1e21],
    '10': [0, 0.5, 1, null],
  },
  stringValues: { Radio: ['', 'Ünï 🏁 "\\\n', null, '000012300007'], Speed: ['fast', null, null, null] },
  binaryValues: { Frame: ['', 'AP8=', null, '/9j/4AAQSkZJRg=='] },
  tagValues: { lap: ['1', '1', null, '2'], 'a.b': ['x', '', null, '__proto__'] },
};

/** Columns of it as `GET …/parameters/data` gives them: in order of time, digit by digit. */
const COLUMNS = [
  '"timestamps":[-1,0,1,3600000000000]',
  '"10":[1,0,0.5,null]',
  '"Range":[9007199254740991,1.7976931348623157e+308,5e-324,-1e+21]',
  '"Speed":[null,0.1,120.25,3]',
  '"Radio":[null,"","Ünï 🏁 \\"\\\\\\n","000012300007"]',
  '"Speed":[null,"fast",null,null]',
  '"Frame":[null,"","AP8=","/9j/4AAQSkZJRg=="]',
  '"lap":[null,"1","1","2"]',
  '"a.b":[null,"x","","__proto__"]',
];

/** Throws unless a text is what `GET …/parameters/data?epoch=` gives of it, columns in whatever order. */
export function expectEveryValue(text: string): void {
  expect(text).toMatch(new RegExp(`^\\{"epoch":${EPOCH},"timestamps":.*,"next":null\\}$`));
  for (const column of COLUMNS) expect(text).toContain(column);
  const { numericValues, stringValues, binaryValues, tagValues } = JSON.parse(text) as Record<string, object>;
  const ids = [numericValues, stringValues, binaryValues, tagValues].flatMap((member) => Object.keys(member!));
  expect(ids).toHaveLength(COLUMNS.length - 1);
}
