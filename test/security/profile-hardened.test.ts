/**
 * Everything that a container's init is and has, compared with a golden file for each profile: a difference is looked at
 * before it is accepted (UPDATE_GOLDEN=1). Recipes T1 and T29 of the threat catalogue; T29 is
 * what of /proc and /sys is masked. The other profiles are in test/more/security/profile.test.ts.
 */
import { containerTest, nothing } from '../support/world/container-test';
import { expectGolden, golden } from './profile';

containerTest(nothing, { per: 'file' });

describe('the world of an init (T1)', () => {
  test.each(['hardened'] as const)('in profile %s is as its golden file says', expectGolden);

  test('control: what libvirt leaves open is told from what is hardened', () => {
    expect(golden('compat')).not.toBe(golden('hardened'));
  });
});
