/**
 * Root file systems of a hostile author: whatever lies where a start expects a directory or a file, the start mounts the
 * thing inside or refuses by name, soon, and the host is as before. Recipe T5 of the threat catalogue; /etc and the
 * control are in test/security/evil-etc.test.ts.
 */
import { containerTest, nothing } from '../../support/world/container-test';
import { someOf } from '../../support/time/repeats';
import { attacks, expectHostUntouched, touchedPaths } from '../../security/evil-root';
import { tricks } from '../../security/tricks';

containerTest(nothing, { per: 'file', watch: ['/etc', '/var/lib'] });

describe('a hostile root file system (T5)', () => {
  test.each(touchedPaths.filter((path) => path !== '/etc'))(
    'at %s gets no start to touch the host',
    async (path) => {
      await expectHostUntouched(path, someOf(attacks([path], tricks), touchedPaths.indexOf(path)));
    },
  );
});
