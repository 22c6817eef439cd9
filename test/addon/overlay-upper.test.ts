/** Who may use the writable layer of an overlay: one container at a time, in this boot of the host. */
import { mkdirSync, readdirSync } from 'node:fs';
import { looksAlone } from '../../lib/container/looks/looks';
import { claimOverlayUpper, releaseOverlayUpper } from '../../lib/container/sources/overlay-upper';
import type { OverlayUpper } from '../../lib/container/sources/overlay-upper';
import { Scratch } from './scratch';

const scratch = new Scratch();
let layers = 0;
let layer: OverlayUpper;

beforeEach(() => {
  const path = scratch.at(`layer-${layers++}`);
  layer = { path, like: '', place: { path: 'domain/x', position: { line: 7, column: 3 } } };
});

afterAll(() => scratch.dispose());

async function claim(user: string, boot = 'this boot'): Promise<void> {
  using looks = looksAlone({ within: 60_000 });
  await claimOverlayUpper(layer, { user, boot }, looks);
}

async function release(user: string): Promise<void> {
  using looks = looksAlone({ within: 60_000 });
  await releaseOverlayUpper(layer.path, user, looks);
}

const busy = {
  code: 'RESOURCE_BUSY',
  message: expect.stringContaining(`is in use by web (domain/x, line 7, column 3)`) as string,
};

test('what is missing is made', async () => {
  await claim('web');
  expect(readdirSync(layer.path).sort()).toEqual(['upper', 'work']);
});

test('another container is refused until it is given back, and no other gives it back', async () => {
  await claim('web');
  await claim('web');
  await expect(claim('other')).rejects.toMatchObject(busy);
  await release('other');
  await expect(claim('other')).rejects.toMatchObject(busy);
  await release('web');
  await claim('other');
});

test('a container that had it before the host’s reboot has it no more', async () => {
  await claim('web', 'the boot before');
  await claim('other');
  await expect(claim('web')).rejects.toMatchObject({ code: 'RESOURCE_BUSY' });
});

test('one that is gone is given back', async () => {
  await expect(release('web')).resolves.toBeUndefined();
  mkdirSync(layer.path);
  await expect(release('web')).resolves.toBeUndefined();
});
