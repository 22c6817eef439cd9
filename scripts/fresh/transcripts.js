// What is typed on a fresh machine once the command is there, and what it has to print.
'use strict';

const xml = `<domain type='lxc'>
  <name>fresh</name>
  <memory unit='MiB'>64</memory>
  <os><type>exe</type><init>/bin/sh</init></os>
  <devices><console type='pty'/></devices>
</domain>
`;

/** One container's life, by the command that is called `tslxc` there. */
function helloLife(tslxc) {
  return `set -eu
cat >hello.xml <<'EOF'
${xml}EOF
${tslxc} doctor
${tslxc} define hello.xml
${tslxc} start fresh
${tslxc} domstate fresh
${tslxc} exec fresh -- sh -c 'echo "pid 1 is $(cat /proc/1/comm)"'
${tslxc} destroy fresh
${tslxc} undefine fresh
`;
}

/** What is missing of what that prints, or undefined. */
function lifeFault({ code, output }) {
  if (code !== 0) return `exit code ${code}`;
  const expected = ['0 failures', 'running', 'pid 1 is sh', "Domain 'fresh' has been undefined"];
  const missing = expected.find((text) => !output.includes(text));
  return missing === undefined ? undefined : `it does not say: ${missing}`;
}

module.exports = { helloLife, lifeFault };
