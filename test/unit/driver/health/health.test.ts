/** What the checks of a container make of its health. */
import { healthAfter, isOverdue, type HealthInfo } from '../../../../lib/driver/health/health';

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
  ['+', { state: 'healthy', since: 600, failures: 0, checkedAt: 600 }],
  ['++', { state: 'healthy', since: 600, failures: 0, checkedAt: 1200 }],
  // The first failure is within the time of grace, the second one is not.
  ['a', { state: 'starting', since: 0, failures: 0, message: 'a', checkedAt: 600 }],
  ['ab', { state: 'starting', since: 0, failures: 1, message: 'b', checkedAt: 1200 }],
  ['abc', { state: 'unhealthy', since: 1800, failures: 2, message: 'c', checkedAt: 1800 }],
  ['abcd', { state: 'unhealthy', since: 1800, failures: 3, message: 'd', checkedAt: 2400 }],
  ['abc+', { state: 'healthy', since: 2400, failures: 0, checkedAt: 2400 }],
  ['+a', { state: 'healthy', since: 600, failures: 1, message: 'a', checkedAt: 1200 }],
  ['+ab', { state: 'unhealthy', since: 1800, failures: 2, message: 'b', checkedAt: 1800 }],
  ['+a+b', { state: 'healthy', since: 600, failures: 1, message: 'b', checkedAt: 2400 }],
])('after %s', (checks, health) => {
  expect(after(checks)).toEqual(health);
});

test('grace ends with the first success: a failure counts after it, though it would not without it', () => {
  const long = { ...check, grace: 60_000 };
  expect(after('ab', long)).toEqual({
    state: 'starting',
    since: 0,
    failures: 0,
    message: 'b',
    checkedAt: 1200,
  });
  expect(after('+a', long)).toEqual({
    state: 'healthy',
    since: 600,
    failures: 1,
    message: 'a',
    checkedAt: 1200,
  });
  expect(after('+ab', long)).toEqual({
    state: 'unhealthy',
    since: 1800,
    failures: 2,
    message: 'b',
    checkedAt: 1800,
  });
});

test.each([
  ['is not, when it is just due', 15_000, false],
  ['is, some seconds after its end was due', 15_001, true],
  ['is not, without a first one', undefined, false],
  ['is not, by a clock that was set back, which is all that an older version goes by', -1, false],
])('whether the next check is overdue: it %s', (_what, age, overdue) => {
  expect(isOverdue(age, { interval: 8000, timeout: 2000 })).toBe(overdue);
});
