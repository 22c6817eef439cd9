/** Which URIs a client may open, whatever it calls them. */
import { connectionHandlers } from '../../../../../lib/rpc/dispatch/connect/connection';
import type { Call, Opened } from '../../../../../lib/rpc/dispatch/base/call';
import type { Connection } from '../../../../../lib/index';
import { callOn } from '../fake-call';

async function openedBy(name: string): Promise<Opened | undefined> {
  let opened: Opened | undefined;
  const call = callOn({} as unknown as Connection);
  const open: Call['client']['open'] = async (one) => {
    opened = one;
    return Promise.resolve();
  };
  await connectionHandlers.ConnectOpen(
    { ...call, client: { ...call.client, open } },
    { name, flags: 0 },
  );
  return opened;
}

test.each([
  ['', { uri: 'lxc:///', type: 'LXC' }],
  ['lxc:///system', { uri: 'lxc:///', type: 'LXC' }],
  ['network:///system', { uri: 'network:///system', type: 'network' }],
  ['lxc:///?hardening=isolated', { uri: 'lxc:///', type: 'LXC', hardening: 'isolated' }],
  ['lxc:///system?hardening=compat', { uri: 'lxc:///', type: 'LXC', hardening: 'compat' }],
])("'%s' is opened", async (name, opened) => {
  expect(await openedBy(name)).toEqual(opened);
});

test.each(Object.getOwnPropertyNames(Object.prototype))(
  "'%s', which every object has, is no URI",
  async (name) => {
    await expect(openedBy(name)).rejects.toMatchObject({ code: 'NO_CONNECT' });
  },
);

test.each([
  'lxc:///?hardening=none',
  'lxc:///system?hardening=isolated&x=y',
  'network:///system?hardening=isolated',
])('%s, which names no level, is refused', async (name) => {
  await expect(openedBy(name)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
});
