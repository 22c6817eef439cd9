/** A purge of the root `/` leaves what other roots of the host have in its folders. This file has a /run of its own. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { claimantOf, claimDevice, unclaimDevice } from '../../lib/container/sources/image-claims';
import { removeFiles } from '../../lib/driver/purge/files';
import { statePaths } from '../../lib/host/state/state-paths';

const [device, user] = ['loop4711', '/another/root:its-domain'];
const own = '/run/tslxc/of-this-root';

afterEach(() => {
  unclaimDevice(device);
  rmSync(own, { force: true });
});

test('the block devices that containers of other roots have claimed stay claimed', () => {
  expect(claimDevice(device, user)).toBe(true);
  writeFileSync(own, '');
  removeFiles(statePaths('/'), '/run/tslxc');
  expect(existsSync(own)).toBe(false);
  expect(claimantOf(device)).toBe(user);
});
