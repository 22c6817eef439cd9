/** lib/container/sources/host-devices.ts: what is known of the devices that a definition asks for. */
import { statSync } from 'node:fs';
import { lookUpDevices } from '../../../../lib/container/sources/host-devices';
import { looksAlone } from '../../../../lib/container/looks/looks';
import { planNode } from '../../../../lib/plan/devices';
import { document, parse } from '../../domain/parse-context';

// By libvirt's rule its name in the container is `self/root/dev/zero`: a /dev/zero is there already.
const source = '/proc/self/root/dev/zero';
const devices = `<console/><hostdev mode='capabilities' type='misc'><source><char>${source}</char></source></hostdev>`;

test('a device keeps the mode that its node has on the host, at a start and when it is attached', async () => {
  const definition = parse(document({ devices }));
  using looks = looksAlone({ within: 5000 });
  const [device] = await lookUpDevices(definition, looks, new Map());
  if (device === undefined) throw new Error('no device');
  const mode = statSync('/dev/zero').mode & 0o777;
  expect(mode).not.toBe(0o700);
  expect(device).toMatchObject({ mode });
  expect(planNode(definition, device).attached).toContainEqual(
    expect.objectContaining({ op: 'addNode', mode }),
  );
});
