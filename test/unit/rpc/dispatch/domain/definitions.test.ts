/** Calls that change definitions, as far as they are answered without a domain. */
import type { Call } from '../../../../../lib/rpc/dispatch/base/call';
import { definitionHandlers } from '../../../../../lib/rpc/dispatch/domain/definitions';

const domain = { name: 'web', uuid: Buffer.alloc(16), id: -1 };

test.each([
  ['DomainAttachDeviceFlags', 'lxcDomainAttachDeviceFlags'],
  ['DomainDetachDeviceFlags', 'lxcDomainDetachDeviceFlags'],
  ['DomainUpdateDeviceFlags', 'lxcDomainUpdateDeviceFlags'],
] as const)('%s refuses an unknown flag by the name of libvirt’s function', (name, ofLibvirt) => {
  const change = (): unknown =>
    definitionHandlers[name]({} as Call, { domain, xml: '<disk/>', flags: 4 });
  expect(change).toThrow(`unsupported flags (0x4) in function ${ofLibvirt}`);
});
