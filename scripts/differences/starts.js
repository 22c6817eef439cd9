// The intended differences of starts; see intended.js.
'use strict';

const outcome = /^(started|refused)$/;

/** What libvirt ignores, and would be dangerous to ignore: the start is refused. */
const dangerous = [
  {
    id: 'limit-of-a-disk',
    documents: /^disk-iotune$/,
    here: '`<iotune>` of a disk is refused; `<blkiotune>` has limits of block devices, which hold',
    libvirt: 'it is ignored, without a word',
    reason: 'the container could take all of a device that it was to have a share of',
  },
  {
    id: 'transient-disk',
    documents: /^disk-transient$/,
    here: '`<transient/>` of a disk is refused',
    libvirt: 'it is ignored, without a word',
    reason: 'what the container writes would stay on a device that was to be as before',
  },
  {
    id: 'lease',
    documents: /^device-lease$/,
    here: '`<lease>` is refused',
    libvirt: 'it is ignored, without a word',
    reason: 'another host could write to the same disk at the same time',
  },
  {
    id: 'missing-portgroup',
    documents: /^interface-portgroup$/,
    here: 'an interface with a portgroup that its network does not have is refused',
    libvirt: 'it is connected without one',
    reason: 'the limits and the VLAN of a portgroup would be lost by a misspelt name',
  },
].map((entry) => ({ ...entry, refused: 'dangerous to ignore' }));

/** What this version does not carry out yet: the start is refused rather than done without it. */
const notYet = [
  {
    id: 'quota-of-a-filesystem',
    documents: /^filesystem-quotas?$/,
    here: '`<space_hard_limit>` and `<space_soft_limit>` are refused',
    libvirt: 'they are ignored, without a word',
  },
].map((entry) => ({
  ...entry,
  refused: 'not carried out yet',
  reason: 'the start tells of it rather than do without it',
}));

/** What does not start in libvirt. */
const startedOnlyHere = [
  {
    id: 'root-of-the-host',
    documents: /^idmap-root-of-the-host$/,
    here: 'with `<idmap>` a root whose files belong to the ids of the host is shown with those of the container',
    libvirt: 'the start fails: its init may not make a folder in it',
    reason: 'no file has to be given to another owner for the container',
  },
  {
    id: 'missing-partition',
    documents: /^resource-partition-own$/,
    here: 'the cgroups of a `<partition>` are made, and removed with their last container',
    libvirt: 'the start fails unless the administrator has made them',
    reason: 'a definition is enough, on any host',
  },
  {
    id: 'filter-without-daemon',
    documents: /^interface-filterref(-parameters)?$/,
    here: 'a `<filterref>` needs no daemon: its rules are those of the interface',
    libvirt: 'the start fails unless the driver of filters is there',
    reason: 'nothing else has to run on the host',
    where: 'a host without virtnwfilterd',
  },
  {
    id: 'optional-usb-device',
    documents: /^hostdev-usb-managed$/,
    here: "a USB device with `startupPolicy='optional'` may be missing also where the kernel has no USB",
    libvirt: 'the start fails there',
    reason: 'what is optional is not there either way',
    where: 'a kernel without USB',
  },
  {
    id: 'rate-without-sfq',
    documents: /^interface-bandwidth(-both)?$/,
    here: 'the rates of an interface need no SFQ queue of the kernel',
    libvirt: 'the start fails where the kernel has none',
    reason: 'the rates hold on more hosts',
    where: 'a kernel without sch_sfq',
  },
];

/** @type {readonly import('./intended').IntendedDifference[]} */
const intendedOfStarts = [...dangerous, ...notYet, ...startedOnlyHere].map((entry) => ({
  ...entry,
  aspect: 'start',
  lines: outcome,
}));

module.exports = { intendedOfStarts };
