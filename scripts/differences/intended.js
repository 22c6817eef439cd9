// The differences from libvirt that are intended, each with its reason. test/parity compares each document of its corpus with a
// real libvirt, and fails for a difference that is not in this table, and for one in it that no document shows any more.
'use strict';
const { intendedInside } = require('./inside');
const { intendedOfStarts } = require('./starts');

/**
 * @typedef {object} IntendedDifference
 * @property {string} id Its name.
 * @property {'definition' | 'start' | 'environment' | 'process' | 'capabilities' | 'mounts' | 'devices' | 'limits' | 'network'}
 *   aspect What is compared.
 * @property {RegExp} documents The names of the documents that show it.
 * @property {RegExp} lines The lines that differ by it.
 * @property {string} here What there is here.
 * @property {string} libvirt What there is in libvirt.
 * @property {string} reason Why that is better for the user.
 * @property {'dangerous to ignore' | 'not carried out yet'} [refused] Of a start that is refused here: why.
 * @property {string} [where] The hosts that show it, when there are others.
 */

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
  ].join('|'),
);

/** @type {readonly IntendedDifference[]} */
const intendedDifferences = [
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
    here: 'of a device or an element that only a virtual machine has, what is written is kept as it is',
    libvirt: 'controllers, addresses on buses, and defaults of emulated hardware are added to it',
    reason:
      'a container has no such hardware, and a shorter text says the same; libvirt adds them again when it is given this one',
  },
  {
    id: 'label-of-a-filesystem',
    aspect: 'definition',
    documents: /^filesystem-label-of-source$/,
    lines: /<(\/)?source|<seclabel model=/,
    here: '`<seclabel>` in the `<source>` of a filesystem is kept, and carried out',
    libvirt: 'it is dropped, without a word',
    reason: 'files of a tree can be given a label of their own',
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
    id: 'actual-guest-name',
    aspect: 'definition',
    documents: /^whole-live-dump$/,
    lines: /<guest actual=/,
    here: "what a copied live XML says of the running container's interface is dropped",
    libvirt: "`<guest actual='…'/>` stays in the definition",
    reason: 'it is no part of a definition: the next start chooses the name anew',
  },
  ...intendedOfStarts,
  ...intendedInside,
];

module.exports = { intendedDifferences };
