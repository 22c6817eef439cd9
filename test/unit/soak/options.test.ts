/** The options of `npm run test:soak`. */
import { soakOptions } from '../../soak/options';

test('half an hour with any seed, unless it is told otherwise', () => {
  expect(soakOptions([], 17)).toMatchObject({ seed: 17, seconds: 1800, domains: 30 });
  const words = ['--seed', '4', '--seconds=60', '--plant', 'cgroup'];
  expect(soakOptions(words, 17)).toMatchObject({ seed: 4, seconds: 60, plant: 'cgroup' });
});

test('through the library alone, unless libvirt’s clients are to take part', () => {
  expect(soakOptions([], 17).through).toBe('library');
  expect(soakOptions(['--daemon', '--plant', 'daemon'], 17).through).toBe('daemon');
});

test.each([
  [['--seed', 'x'], /--seed x is no whole number/],
  [['--seconds', '0'], /--seconds 0/],
  [['--plant', 'tree'], /--plant tree is not one of cgroup/],
  [['--sed', '4'], /--sed/],
  [['--plant', 'daemon'], /needs --daemon/],
  [['4'], /4/],
])('%j is refused', (words, message) => {
  expect(() => soakOptions(words, 1)).toThrow(message);
});
