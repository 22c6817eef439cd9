/** How often something is done that goes wrong only sometimes: a fourth in `npm test`, all in `npm run test:long`. */
const share = process.env['TSLXC_TEST_REPEATS'] === 'all' ? 1 : 1 / 4;

export function repeats(times: number): number {
  return Math.ceil(times * share);
}
