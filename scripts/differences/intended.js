// The differences from libvirt that are intended, each with its reason and with all places where it is seen. test/parity compares
// each document of its corpus with a real libvirt, and fails for a difference that is not in this table, and for a place in it
// where no document shows the difference any more.
'use strict';
const { definitions } = require('./definitions');
const { intendedInside } = require('./inside');
const { refusals } = require('./refusals');
const { intendedOfStarts } = require('./starts');

/** What libvirt stores, or drops. */
const carriedOut = {
  id: 'carried-out',
  shows: [
    {
      aspect: 'definition',
      documents: /^filesystem-label-of-source$/,
      lines: /<(\/)?source|<seclabel model=/,
      anywhere:
        /^-\s*<source (dir|file|dev)='[^']*'\/>$|^\+\s*(<source (dir|file|dev)='[^']*'>|<seclabel model=.*|<\/source>)$/,
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
const intendedDifferences = [
  ...definitions,
  ...refusals,
  carriedOut,
  ...intendedOfStarts,
  ...intendedInside,
];

module.exports = { intendedDifferences };
