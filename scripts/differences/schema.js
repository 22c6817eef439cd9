// The documents of test/parity that are printed with something that libvirt's own schema, domain.rng, has no place for, each with
// the reason. test/parity fails for any other document that is printed so, and for one of these that is valid.
'use strict';

const ofMachines = (words) => `the schema has ${words} for virtual machines only`;

/** @type {readonly import('./schema').BeyondSchema[]} */
const beyondSchema = [
  {
    documents: ['os-inituser'],
    printed: '`<inituser>` without `<initgroup>`',
    reason: 'the schema wants both or none',
  },
  {
    documents: ['os-cmdline', 'whole-openstack-nova'],
    printed: '`<cmdline>`',
    reason: `${ofMachines('it')}; it gives init the variable LIBVIRT_LXC_CMDLINE`,
  },
  { documents: ['os-smbios'], printed: '`<smbios>`', reason: ofMachines('it') },
  { documents: ['os-machine'], printed: '`machine` of `<type>`', reason: ofMachines('it') },
  {
    documents: ['domain-bootloader', 'domain-bootloader-args'],
    printed: '`<bootloader>`',
    reason: ofMachines('it'),
  },
  {
    documents: ['found-source-of-another-type'],
    printed: 'an attribute of `<source>` that belongs to another type of `<filesystem>`',
    reason: 'it is kept as written; libvirt drops it',
    isOnlyHere: true,
  },
  {
    documents: ['found-vdpa-without-source'],
    printed: "`<interface type='vdpa'>` without a `<source>`",
    reason: 'no container starts with it, and it is stored as written',
    isOnlyHere: true,
  },
  {
    documents: ['filesystem-volume', 'found-volume-with-folder'],
    printed: "`<filesystem type='volume'>`",
    reason: 'the schema does not know this type, which libvirt reads',
  },
  {
    documents: ['filesystem-label-of-source'],
    printed: '`<seclabel>` in the `<source>` of a filesystem',
    reason: 'the schema has it for disks only; here it labels the files of the filesystem',
    isOnlyHere: true,
  },
];

module.exports = { beyondSchema };
