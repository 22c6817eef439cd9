// The intended differences of starts; see intended.js.
'use strict';

/** Where it is seen: a start in the one that is refused in the other. */
const startsOf = (documents, where) => ({
  aspect: 'start',
  documents,
  lines: /^(started|refused)$/,
  ...(where === undefined ? {} : { where }),
});

/** What libvirt ignores, and would be dangerous to ignore: the start is refused. */
const dangerous = [
  {
    id: 'limits-that-would-not-hold',
    shows: [
      startsOf(/^disk-iotune$/),
      startsOf(/^filesystem-(quotas?|ram-zero)$/),
      startsOf(/^numatune-node-absent$/),
    ],
    here:
      '`<iotune>` of a disk is refused; `<blkiotune>` has limits of block devices, which hold. `<space_hard_limit>` and ' +
      '`<space_soft_limit>` are carried out as quotas of a project, and refused without an `<idmap>` and on a file system ' +
      'without project quotas. A RAM file system of 0 bytes is refused, and a NUMA node that the host does not have',
    libvirt: 'they are ignored, without a word',
    reason:
      'the container could take all of a device, a file system or the memory that it was to have a share of',
  },
  {
    id: 'transient-disk',
    shows: [startsOf(/^disk-transient$/)],
    here: '`<transient/>` of a disk is refused',
    libvirt: 'it is ignored, without a word',
    reason: 'what the container writes would stay on a device that was to be as before',
  },
  {
    id: 'lease',
    shows: [startsOf(/^device-lease$/)],
    here: '`<lease>` is refused',
    libvirt: 'it is ignored, without a word',
    reason: 'another host could write to the same disk at the same time',
  },
  {
    id: 'missing-portgroup',
    shows: [startsOf(/^interface-portgroup$/)],
    here: 'an interface with a portgroup that its network does not have is refused',
    libvirt: 'it is connected without one',
    reason: 'the limits and the VLAN of a portgroup would be lost by a misspelt name',
  },
  {
    id: 'places-of-file-systems',
    shows: [startsOf(/^filesystem-target-(twice|relative|dots)$/)],
    here: 'two `<filesystem>` with one target are refused, and so are a source or a target that is not absolute, and a target with `..`',
    libvirt:
      'the later of the two hides the other; a target is relative to the root; a source is relative to the root of the host, and is not found by a container with a root of its own',
    reason:
      'what is in the hidden one would be missed without a word; the text of a target decides what is mounted below what, and `..` leads somewhere else where a link is on the way',
  },
].map((entry) => ({ ...entry, isDangerous: true }));

/** What does not start in libvirt. */
const startsHereToo = {
  id: 'needs-less-of-the-host',
  shows: [
    startsOf(/^idmap-root-of-the-host$/),
    startsOf(/^resource-partition-own$/),
    startsOf(/^interface-filterref(-parameters)?$/, 'a host without virtnwfilterd'),
    startsOf(/^hostdev-usb-managed$/, 'a kernel without USB'),
    startsOf(/^interface-bandwidth(-both)?$/, 'a kernel without sch_sfq'),
  ],
  here: "a start needs less of the host: the cgroups of a `<partition>` are made, and removed with their last container; the files of a root may belong to the host's ids with an `<idmap>`, too; a `<filterref>` needs no daemon, the rates of an interface no SFQ queue, and a USB device with `startupPolicy='optional'` no USB in the kernel",
  libvirt:
    'the start fails where the administrator has not made the cgroups, or not given the root to the ids of the container, and where the driver of filters, SFQ or USB is missing',
  reason: 'a definition is enough, on more hosts, and means the same there',
};

/** @type {readonly import('./intended').IntendedDifference[]} */
const intendedOfStarts = [...dangerous, startsHereToo];

module.exports = { intendedOfStarts };
