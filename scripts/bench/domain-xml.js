// The domains of a bench: hello world with a private root, and what a variant adds to it. libvirt reads the same document,
// but for the elements of tslxc.
'use strict';
const { bridge, firstId, idCount, memory } = require('./site');

const ids = `start='0' target='${firstId}' count='${idCount}'`;

/** What the variants have within `<domain>` and within `<devices>`. */
const variants = {
  plain: {},
  // In the host's network, which is the default.
  shared: {},
  interface: { devices: `<interface type='bridge'><source bridge='${bridge}'/></interface>` },
  idmap: { elements: `<idmap><uid ${ids}/><gid ${ids}/></idmap>` },
  overlay: {},
};

function overlayXml({ upper }) {
  return `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>
    <tslxc:overlay target='/' upper='${upper}'/>
  </tslxc:container></metadata>`;
}

/** `argv` is that of init; `overlay` the folder for what is written, in the variant of that name. */
function domainXml({ name, variant, argv, root, overlay }) {
  const { devices = '', elements = '' } = variants[variant];
  const [init, ...words] = argv;
  const isShared = variant === 'interface' || variant === 'shared';
  const features = isShared ? '' : '<features><privnet/></features>';
  return `<domain type='lxc'>
  <name>${name}</name>
  <memory unit='b'>${memory}</memory>
  ${overlay === undefined ? '' : overlayXml(overlay)}
  <os><type>exe</type><init>${init}</init>${words.map((word) => `<initarg>${word}</initarg>`).join('')}</os>
  ${elements}
  ${features}
  <devices>
    <console type='pty'/>
    <filesystem type='mount'><source dir='${root}'/><target dir='/'/></filesystem>
    ${devices}
  </devices>
</domain>
`;
}

module.exports = { domainXml };
