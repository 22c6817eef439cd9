/** Defects of libvirt in the interfaces of containers and in virtual networks. */
import type { LibvirtDefect } from './defect';

const hotplug = 'test/network/hotplug.test.ts';

export const networkDefects: readonly LibvirtDefect[] = [
  {
    number: 22,
    libvirt:
      'an interface that is attached is down, with a temporary name and without addresses, and may land in the network of the host',
    here: 'it is up with its name, addresses and routes; a container in the network of the host gets none',
    tests: [
      [
        hotplug,
        'an interface of a bridge is there at once, up, with its address and its routes',
        'a container of the host’s network gets none',
      ],
    ],
  },
  {
    number: 26,
    libvirt:
      'of an interface that the host lends, <ip> and <route> are ignored, lo stays down, and a virtual one is gone with the container',
    here: 'it is up with its addresses, and comes back, however the container ends',
    tests: [
      [
        'test/network/lent-interfaces.test.ts',
        'it is the container’s while that runs, up and with its addresses, and lo is up',
        'when init ends by itself, to its owner',
        'when init is killed, with ownership %s',
      ],
    ],
  },
  {
    number: 27,
    libvirt:
      'interfaces are down unless they have an address, and the side of the host has a random one, which a bridge may take over',
    here: 'they are up, and the address of the side of the host begins with fe, so that the bridge keeps its own',
    tests: [
      [
        'test/network/interfaces.test.ts',
        'a port of a bridge is up with its address before anything is configured',
      ],
      [
        'test/unit/domain/interface/mac-address.test.ts',
        "the host's side has another address, which is the same each time",
      ],
    ],
  },
  {
    number: 42,
    libvirt: 'an interface that can’t be made leaves those behind that were made before it',
    here: 'what fails half-way is undone, also when the caller is killed',
    tests: [
      ['test/more/network/interface-errors.test.ts', '%s is refused in its line'],
      [hotplug, 'what fails when it is half done is undone'],
      [
        'test/network-long/killed-callers.test.ts',
        'the %s killed between any two steps that make interfaces leaves nothing',
      ],
    ],
  },
  {
    number: 45,
    libvirt: 'with spanning tree and a delay of 0 the first lease takes some four seconds',
    here: 'such a bridge is made without spanning tree, and a new port forwards at once',
    tests: [
      [
        'test/virtual-network/network-lifecycle.test.ts',
        'stp on with delay 0: a new port forwards at once, where the kernel would take 4 seconds',
      ],
    ],
  },
];
