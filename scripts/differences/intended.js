// The differences from libvirt that are intended, each with its reason and with all places where it is seen. test/parity compares
// each document of its corpus with a real libvirt, and fails for a difference that is not in this table, and for a place in it
// where no document shows the difference any more.
'use strict';
const { intendedInside } = require('./inside');
const { intendedOfStarts } = require('./starts');

/** What libvirt makes up for the buses of a virtual machine. */
const machineLines = new RegExp(
  [
    "<address type='(drive|ccid|spapr-vio)'",
    '<controller ',
    '<(/)?smartcard',
    '<(/)?redirdev',
    '<(/)?graphics',
    "<listen type='address'/>",
    '<topology ',
    "<iothread id='1'/>",
    '<hyperv',
    "<model type='cirrus'",
    '<address domain=',
    '<driver/>',
  ].join('|'),
);

/** What is seen in the text of a definition alone. */
const definitions = [
  {
    id: 'emulator',
    aspect: 'definition',
    documents: /^(smallest-without-emulator|whole-)/,
    lines: /<emulator>/,
    here: '`<emulator>` is the monitor of this package, unless the document has another path, which is kept',
    libvirt: '`/usr/lib/libvirt/libvirt_lxc`',
    reason:
      'the element names the program that runs the container, and libvirt need not be installed',
  },
  {
    id: 'machine-parts',
    aspect: 'definition',
    documents: /^(disk|console|device|threads|cpu|features|hostdev)-/,
    lines: machineLines,
    here: 'of a device or an element that only a virtual machine has, what is written is kept as it is, also if it is empty',
    libvirt:
      'controllers, addresses on buses, and defaults of emulated hardware are added to it; what is empty is dropped',
    reason:
      'a container has no such hardware, and a shorter text says the same; libvirt adds them again when it is given this one',
  },
  {
    id: 'route-without-prefix',
    aspect: 'definition',
    documents: /^interface-route-(class-c|without-prefix)$/,
    lines: /^(refused|defined)$/,
    here: 'a `<route>` without a prefix has that of the class of its network',
    libvirt: 'it is refused, with words that are not true: that 192.168.5.0 is no network address',
    reason: 'what libvirt accepts means the same here',
  },
  {
    id: 'doctype',
    aspect: 'definition',
    documents: /^whole-(doctype|unbound-prefix)$/,
    lines: /^(refused|defined)$/,
    here: 'a DOCTYPE is refused, and so is a prefix that no `xmlns` declares',
    libvirt: 'its entities are expanded; what has the prefix is dropped',
    reason:
      'entities can grow without bound, or name files of the host, and a definition needs none; a text that is no XML with namespaces is read differently by different programs',
  },
  {
    id: 'address-of-two-interfaces',
    aspect: 'definition',
    documents: /^interface-mac-twice$/,
    lines: /^(refused|defined)$/,
    here: 'two interfaces of a domain with one MAC address are refused',
    libvirt: 'they are defined and started',
    reason:
      'the address names an interface: to `detach-device`, `update-device` and `domif-setlink`, to DHCP, and to the port of a switch, which would all take the one for the other',
  },
  {
    id: 'actual-guest-name',
    aspect: 'definition',
    documents: /^whole-live-dump$/,
    lines: /<guest actual=/,
    here: "what a copied live XML says of the running container's interface is dropped",
    libvirt: "`<guest actual='…'/>` stays in the definition",
    reason: 'it is no part of a definition: the next start chooses the name anew',
  },
].map(({ aspect, documents, lines, ...entry }) => ({
  ...entry,
  shows: [{ aspect, documents, lines }],
}));

/** What libvirt stores, or drops. */
const carriedOut = {
  id: 'carried-out',
  shows: [
    {
      aspect: 'definition',
      documents: /^filesystem-label-of-source$/,
      lines: /<(\/)?source|<seclabel model=/,
    },
    { aspect: 'network', documents: /^interface-(mtu|children-order)$/, lines: /^link \S+ mtu / },
    {
      aspect: 'limits',
      documents: /^cputune-global-quota$/,
      lines: /^cpu\.(cfs_quota_us|max) /,
    },
  ],
  here: '`<seclabel>` in the `<source>` of a filesystem is kept, and labels its files; `<mtu>` is that of the interface; `<global_period>` and `<global_quota>` limit the container',
  libvirt: 'the label is dropped, and the others are stored: none has an effect',
  reason: 'what is written down holds',
};

/** @type {readonly import('./intended').IntendedDifference[]} */
const intendedDifferences = [...definitions, carriedOut, ...intendedOfStarts, ...intendedInside];

module.exports = { intendedDifferences };
