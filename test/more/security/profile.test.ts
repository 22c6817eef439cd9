/**
 * Everything that a container's init is and has, compared with a golden file for each profile: a difference is looked at
 * before it is accepted (UPDATE_GOLDEN=1). Recipes T1 and T29 of the threat catalogue; T29 is
 * what of /proc and /sys is masked. The profile `hardened` is in test/security/profile-hardened.test.ts.
 */
import { containerTest, nothing } from '../../support/world/container-test';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { expectGolden, facts, golden, profiles } from '../../security/profile';

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', except: ['descriptors'] });

const others = (Object.keys(profiles) as (keyof typeof profiles)[]).filter(
  (profile) => profile !== 'hardened',
);

describe('the world of an init (T1)', () => {
  test.each(others)('in profile %s is as its golden file says', expectGolden);

  test('control: a container without one of its namespaces is told from it', async () => {
    using unsafe = await UnsafePackage.make('host cgroup namespace');
    const found = await facts(await unsafe.connect(), profiles.hardened);
    expect(found).toContain('namespace.cgroup\thost');
    expect(found).not.toBe(golden('hardened'));
  });
});
