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

/** The text that `GET …/parameters/data?epoch=` gives of it: in order of time, digit by digit. */
export const KEPT =
  `{"epoch":${EPOCH},"timestamps":[-1,0,1,3600000000000],` +
  '"numericValues":{"10":[1,0,0.5,null],"Range":[9007199254740991,1.7976931348623157e+308,5e-324,-1e+21],' +
  '"Speed":[null,0.1,120.25,3]},' +
  '"stringValues":{"Radio":[null,"","Ünï 🏁 \\"\\\\\\n","000012300007"],"Speed":[null,"fast",null,null]},' +
  '"binaryValues":{"Frame":[null,"","AP8=","/9j/4AAQSkZJRg=="]},' +
  '"tagValues":{"lap":[null,"1","1","2"],"a.b":[null,"x","","__proto__"]},"next":null}';
