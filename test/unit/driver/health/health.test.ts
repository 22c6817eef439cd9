/** What the checks of a container make of its health. */
import { healthAfter, type HealthInfo } from '../../../../lib/driver/health/health';

const check = { retries: 2, grace: 1000 };
const start: HealthInfo = { state: 'starting', since: 0, failures: 0 };

/** After these checks, one every 600 ms: `+` for a success, any other letter for why it has failed. */
function after(checks: string, { grace } = check): HealthInfo {
  return [...checks.split('')].reduce<HealthInfo>((health, one, index) => {
    const time = (index + 1) * 600;
    const checked = { failure: one === '+' ? undefined : one, time, age: time };
    return healthAfter(health, checked, { ...check, grace });
  }, start);
}

test.each<[string, HealthInfo]>([
  ['+', { state: 'healthy', since: 600, failures: 0 }],
  ['++', { state: 'healthy', since: 600, failures: 0 }],
  // The first failure is within the time of grace, the second one is not.
  ['a', { state: 'starting', since: 0, failures: 0, message: 'a' }],
  ['ab', { state: 'starting', since: 0, failures: 1, message: 'b' }],
  ['abc', { state: 'unhealthy', since: 1800, failures: 2, message: 'c' }],
  ['abcd', { state: 'unhealthy', since: 1800, failures: 3, message: 'd' }],
  ['abc+', { state: 'healthy', since: 2400, failures: 0 }],
  ['+a', { state: 'healthy', since: 600, failures: 1, message: 'a' }],
  ['+ab', { state: 'unhealthy', since: 1800, failures: 2, message: 'b' }],
  ['+a+b', { state: 'healthy', since: 600, failures: 1, message: 'b' }],
])('after %s', (checks, health) => {
  expect(after(checks)).toEqual(health);
});

test('grace ends with the first success: a failure counts after it, though it would not without it', () => {
  const long = { ...check, grace: 60_000 };
  expect(after('ab', long)).toEqual({ state: 'starting', since: 0, failures: 0, message: 'b' });
  expect(after('+a', long)).toEqual({ state: 'healthy', since: 600, failures: 1, message: 'a' });
  expect(after('+ab', long)).toEqual({
    state: 'unhealthy',
    since: 1800,
    failures: 2,
    message: 'b',
  });
});
