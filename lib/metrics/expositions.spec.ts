import { expect, test } from '@jest/globals';
import { joinedExpositions } from './expositions.js';

const OF = (count: number) => `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{route="chat",text="a{b} c"} ${count}

# HELP up Up.
# TYPE up gauge
up 1
`;

test('metrics of several workers are one exposition, each series with its worker', async () => {
  const joined = await joinedExpositions(
    new Map([
      [1, OF(3)],
      [2, OF(4)],
    ]),
  );
  expect(joined).toBe(`# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{worker="1",route="chat",text="a{b} c"} 3
calls_total{worker="2",route="chat",text="a{b} c"} 4

# HELP up Up.
# TYPE up gauge
up{worker="1"} 1
up{worker="2"} 1
`);
});
