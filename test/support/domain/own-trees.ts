/** Domains with trees of their own: a root that is a directory, or an overlay over one that all share. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { domainXml } from './domain-xml';

/** Runs until it is asked to end, and writes nothing. */
const waits = ['-c', "trap 'exit 0' TERM; while :; do sleep 0.1; done"];

/** A copy of a root, as `folder`/`name`. */
export function copyRoot(from: string, folder: string, name: string): string {
  const path = join(folder, name);
  execFileSync('cp', ['-a', from, path]);
  return path;
}

export function withRoot(name: string, source: string, devices = ''): string {
  return domainXml({
    name,
    initArguments: waits,
    filesystems: [{ source, target: '/' }],
    devices,
    elements: '<features><privnet/></features>',
  });
}

export function withLayer(name: string, { base, upper }: { base: string; upper: string }): string {
  return domainXml({
    name,
    initArguments: waits,
    filesystems: [{ source: base, target: '/' }],
    elements:
      '<features><privnet/></features>' +
      "<metadata><t:container xmlns:t='urn:tslxc:domain:1'>" +
      `<t:overlay target='/' upper='${upper}'/></t:container></metadata>`,
  });
}
