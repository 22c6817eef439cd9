// The control data of the Debian package: its control file and its maintainer scripts.
'use strict';

/** Debian's names of the architectures that there is native code for, by Node's. */
const architectures = { x64: 'amd64', arm64: 'arm64' };

/** Where the package lies on the machine; its cache is below /var, where a program may write. */
const home = '/usr/lib/tslxc';
const cache = '/var/cache/tslxc';

const description = `Linux containers from libvirt's XML, without libvirtd
 The command tslxc creates and manages containers from libvirt's
 <domain type='lxc'> documents, with the verbs of virsh. It needs no
 daemon: a small monitor is the parent of each container. One for the
 clients of libvirt, such as virsh itself, can be switched on.`;

/** The fields in Debian's order. `kibibytes` is what it takes when it is installed. */
function controlFile({ version, arch, kibibytes }) {
  return [
    'Package: tslxc',
    `Version: ${version}`,
    'Section: admin',
    'Priority: optional',
    `Architecture: ${architectures[arch]}`,
    'Maintainer: the developers of tslxc <developers@tslxc.invalid>',
    `Installed-Size: ${kibibytes}`,
    'Depends: nodejs (>= 20), libc6 (>= 2.31)',
    'Recommends: dnsmasq-base, iproute2, nftables',
    'Suggests: apparmor, busybox-static, libvirt-clients, lxcfs, mmdebstrap, polkitd, skopeo, umoci',
    `Description: ${description}`,
    '',
  ].join('\n');
}

/** What is asked of systemd, where that runs. It is no fault of the package's when it refuses. */
const systemctl = (words) => `[ ! -d /run/systemd/system ] || systemctl ${words} || true`;

/** Scripts and lists of dpkg's, by name. */
const controlFiles = {
  // Also after a new version of Node.js, which is what the trigger is for.
  postinst: `#!/bin/sh
set -e
if [ "$1" = configure ] || [ "$1" = triggered ]; then
  /usr/bin/node ${home}/scripts/compile-bundle.js || true
fi
if [ "$1" = configure ]; then
  ${systemctl('daemon-reload')}
  # Where there was another version, its daemon may run.
  ${systemctl('try-restart tslxcd.service')}
fi
`,
  // Containers go on, and so do the processes that wait for those of tslxc@NAME. What the command keeps is for the version that goes.
  prerm: `#!/bin/sh
set -e
if [ "$1" = remove ]; then
  ${systemctl('stop tslxcd.socket tslxcd-ro.socket tslxcd.service')}
fi
rm -rf ${cache}/*
`,
  // The state of the containers stays: roots of theirs may be in it.
  postrm: `#!/bin/sh
set -e
${systemctl('daemon-reload')}
`,
  triggers: 'interest-noawait /usr/bin/node\n',
};

/** Debian's own form of it. */
const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: the developers of tslxc
License: Apache-2.0
 The full text is in /usr/share/common-licenses/Apache-2.0.

Files: usr/lib/tslxc/node_modules/*
Copyright: as each of these packages says
License: other
 In the folder of each of these packages.
`;

module.exports = { architectures, cache, controlFile, controlFiles, copyright, home };
